{{ judged_outcomes('wealth_management__return_forecast') }}
