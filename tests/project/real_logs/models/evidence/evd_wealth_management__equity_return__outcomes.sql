{{ dbt_model_risk.evidence_outcomes('wealth_management__equity_return') }}
