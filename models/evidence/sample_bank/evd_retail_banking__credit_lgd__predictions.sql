{{ evidence_predictions('retail_banking__credit_lgd') }}
