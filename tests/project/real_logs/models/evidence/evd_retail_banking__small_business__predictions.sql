{{ dbt_model_risk.evidence_predictions('retail_banking__small_business') }}
