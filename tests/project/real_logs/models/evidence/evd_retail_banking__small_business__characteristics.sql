{{ dbt_model_risk.evidence_characteristics('retail_banking__small_business') }}
