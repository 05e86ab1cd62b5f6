{{ judged_outcomes('wealth_management__churn') }}
