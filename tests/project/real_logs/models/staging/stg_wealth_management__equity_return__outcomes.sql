{{ dbt_model_risk.outcome_log(source('wealth_return_forecast', 'outcomes'), columns={'loaded_at': 'observed_at'}) }}
