{{ outcome_log(ref('bank_card_fraud_outcomes')) }}
