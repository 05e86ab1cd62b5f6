{{ dbt_model_risk.outcome_log(source('raw', 'outcomes')) }}
