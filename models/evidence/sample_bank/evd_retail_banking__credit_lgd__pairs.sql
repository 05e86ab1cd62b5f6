{{ evidence_pairs('retail_banking__credit_lgd') }}
