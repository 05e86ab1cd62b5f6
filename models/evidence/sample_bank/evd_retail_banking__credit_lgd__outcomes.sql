{{ evidence_outcomes('retail_banking__credit_lgd') }}
