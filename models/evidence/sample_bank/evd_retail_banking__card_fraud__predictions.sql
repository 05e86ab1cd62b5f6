{{ evidence_predictions('retail_banking__card_fraud') }}
