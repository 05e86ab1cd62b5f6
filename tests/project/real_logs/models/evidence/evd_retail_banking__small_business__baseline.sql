{{ dbt_model_risk.evidence_baseline('retail_banking__small_business') }}
