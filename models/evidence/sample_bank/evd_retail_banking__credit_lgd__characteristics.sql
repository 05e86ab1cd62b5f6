{{ evidence_characteristics('retail_banking__credit_lgd') }}
