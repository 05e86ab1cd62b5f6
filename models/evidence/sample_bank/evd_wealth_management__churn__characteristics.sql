{{ evidence_characteristics('wealth_management__churn') }}
