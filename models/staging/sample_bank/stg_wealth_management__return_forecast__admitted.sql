{{ admitted_log('wealth_management__return_forecast') }}
