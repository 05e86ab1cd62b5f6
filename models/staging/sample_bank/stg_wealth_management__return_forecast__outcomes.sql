{{ outcome_log(ref('bank_return_forecast_outcomes')) }}
