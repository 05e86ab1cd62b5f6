{{ dbt_model_risk.outcome_log(source('term_deposit', 'outcomes'), columns={'loaded_at': 'observed_at'}) }}
