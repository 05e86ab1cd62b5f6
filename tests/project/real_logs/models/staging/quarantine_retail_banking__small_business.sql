{{ dbt_model_risk.quarantined_rows('retail_banking__small_business') }}
