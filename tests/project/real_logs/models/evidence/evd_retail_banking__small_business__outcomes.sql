{{ dbt_model_risk.evidence_outcomes('retail_banking__small_business') }}
