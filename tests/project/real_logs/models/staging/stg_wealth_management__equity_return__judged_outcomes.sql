{{ dbt_model_risk.judged_outcomes('wealth_management__equity_return') }}
