{{ evidence_pairs('wealth_management__churn') }}
