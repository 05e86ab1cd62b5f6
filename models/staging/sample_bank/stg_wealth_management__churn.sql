{{ prediction_log(ref('bank_wealth_churn_predictions'), columns={
    'model_id': "'wealth_churn'",
    'entity_id': 'client_id'
}) }}
