{{ dbt_model_risk.outcome_log(source('retail_sba_pd', 'outcomes'), columns={
    'loaded_at': 'observed_at',
    'amount': 'loss_amount'
}) }}
