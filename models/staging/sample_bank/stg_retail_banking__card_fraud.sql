{{ prediction_log(ref('bank_card_fraud_predictions')) }}
