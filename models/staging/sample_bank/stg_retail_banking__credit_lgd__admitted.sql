{{ admitted_log('retail_banking__credit_lgd') }}
