{{ dbt_model_risk.evidence_pairs('retail_banking__scores') }}
