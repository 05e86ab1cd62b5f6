{{ admitted_log('retail_banking__credit') }}
