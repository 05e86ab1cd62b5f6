{{ dbt_model_risk.outcome_log(source('wealth_term_deposit', 'outcomes'), columns={'loaded_at': 'observed_at'}) }}
