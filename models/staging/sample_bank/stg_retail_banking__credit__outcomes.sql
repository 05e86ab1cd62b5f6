{{ outcome_log(ref('bank_retail_credit_outcomes')) }}
