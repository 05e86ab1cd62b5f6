{{ quarantined_rows('wealth_management__return_forecast') }}
