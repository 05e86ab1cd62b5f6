{{ dbt_model_risk.evidence_decisions('retail_banking__small_business') }}
