{{ evidence_baseline('wealth_management__return_forecast') }}
