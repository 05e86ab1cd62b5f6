{{ evidence_decisions('wealth_management__churn') }}
