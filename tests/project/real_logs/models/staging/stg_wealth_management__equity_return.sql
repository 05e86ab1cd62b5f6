{{ dbt_model_risk.prediction_log(ref('equity_return_log'), columns={
    'loaded_at': 'predicted_at',
    'valuation': 'segment'
}) }}
