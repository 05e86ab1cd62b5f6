{{ evidence_outcomes('retail_banking__card_fraud') }}
