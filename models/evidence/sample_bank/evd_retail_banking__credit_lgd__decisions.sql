{{ evidence_decisions('retail_banking__credit_lgd') }}
