{{ admitted_log('retail_banking__card_fraud') }}
