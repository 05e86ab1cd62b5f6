{{ dbt_model_risk.evidence_baseline('wealth_management__equity_return') }}
