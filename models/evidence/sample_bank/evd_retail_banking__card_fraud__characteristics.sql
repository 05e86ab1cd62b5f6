{{ evidence_characteristics('retail_banking__card_fraud') }}
