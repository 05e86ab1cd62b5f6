{{ dbt_model_risk.evidence_scores('wealth_management__equity_return') }}
