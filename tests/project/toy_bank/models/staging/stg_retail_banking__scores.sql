{{ dbt_model_risk.prediction_log(source('raw', 'scores')) }}
