{{ evidence_baseline('wealth_management__churn') }}
