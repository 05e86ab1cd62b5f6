{{ dbt_model_risk.evidence_scores('retail_banking__scores') }}
