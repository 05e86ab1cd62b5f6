{{ prediction_log(ref('bank_return_forecast_predictions'), columns={
    'entity_id': 'fund_id',
    'score': 'predicted_return',
    'score_lower': 'return_lower',
    'score_upper': 'return_upper'
}) }}
