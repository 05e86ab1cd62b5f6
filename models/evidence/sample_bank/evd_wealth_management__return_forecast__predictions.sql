{{ evidence_predictions('wealth_management__return_forecast') }}
