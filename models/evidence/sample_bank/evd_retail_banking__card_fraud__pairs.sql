{{ evidence_pairs('retail_banking__card_fraud') }}
