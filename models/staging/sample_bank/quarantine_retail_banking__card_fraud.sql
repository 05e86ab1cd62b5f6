{{ quarantined_rows('retail_banking__card_fraud') }}
