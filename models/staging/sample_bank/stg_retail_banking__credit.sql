{{ prediction_log(ref('bank_retail_credit_predictions'), columns={
    'entity_id': 'application_id',
    'predicted_at': 'scored_ts',
    'loaded_at': 'loaded_ts',
    'score': 'pd'
}) }}
