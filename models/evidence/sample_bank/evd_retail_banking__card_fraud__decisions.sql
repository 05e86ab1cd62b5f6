{{ evidence_decisions('retail_banking__card_fraud') }}
