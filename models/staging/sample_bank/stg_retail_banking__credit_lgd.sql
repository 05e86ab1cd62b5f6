{{ prediction_log(ref('bank_credit_lgd_predictions'), columns={
    'entity_id': 'loan_id',
    'score': 'estimated_lgd',
    'exposure_amount': 'exposure_at_default'
}) }}
