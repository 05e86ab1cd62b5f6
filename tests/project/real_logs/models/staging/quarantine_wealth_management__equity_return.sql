{{ dbt_model_risk.quarantined_rows('wealth_management__equity_return') }}
