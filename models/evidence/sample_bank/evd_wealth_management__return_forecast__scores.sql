{{ evidence_scores('wealth_management__return_forecast') }}
