{{ dbt_model_risk.admitted_log('retail_banking__small_business') }}
