{{ evidence_baseline('retail_banking__card_fraud') }}
