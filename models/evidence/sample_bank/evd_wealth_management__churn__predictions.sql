{{ evidence_predictions('wealth_management__churn') }}
