{{ dbt_model_risk.judged_outcomes('retail_banking__small_business') }}
