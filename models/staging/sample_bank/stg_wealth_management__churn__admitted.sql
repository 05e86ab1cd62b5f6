{{ admitted_log('wealth_management__churn') }}
