{{ evidence_baseline('retail_banking__credit_lgd') }}
