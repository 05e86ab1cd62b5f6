{{ dbt_model_risk.prediction_log(ref('term_deposit_log'), columns={
    'predicted_class': 'predicted_value',
    'exposure_amount': 'exposure',
    'occupation': 'segment'
}) }}
