{{ dbt_model_risk.admitted_log('wealth_management__equity_return') }}
