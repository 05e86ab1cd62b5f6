{{ dbt_model_risk.prediction_log(ref('small_business_log'), columns={
    'predicted_class': 'predicted_value',
    'exposure_amount': 'exposure',
    'industry': 'segment'
}) }}
