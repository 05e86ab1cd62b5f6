{{ outcome_log(ref('bank_wealth_churn_outcomes')) }}
