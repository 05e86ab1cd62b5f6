{{ dbt_model_risk.prediction_log(ref('term_deposit_log'), columns={
    'loaded_at': 'predicted_at',
    'predicted_class': 'predicted_value',
    'exposure_amount': 'exposure',
    'variant': 'dataset_role',
    'occupation': 'segment'
}) }}
