{{ quarantined_rows('wealth_management__churn') }}
