{{ dbt_model_risk.prediction_log(source('raw', 'predictions'), columns={'model_id': "'retail_pd'"}) }}
