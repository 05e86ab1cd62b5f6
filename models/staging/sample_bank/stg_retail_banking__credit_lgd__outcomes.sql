{{ outcome_log(ref('bank_credit_lgd_outcomes')) }}
