{{ evidence_scores('wealth_management__churn') }}
