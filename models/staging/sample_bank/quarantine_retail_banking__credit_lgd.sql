{{ quarantined_rows('retail_banking__credit_lgd') }}
