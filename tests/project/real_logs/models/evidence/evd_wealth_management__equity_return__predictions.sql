{{ dbt_model_risk.evidence_predictions('wealth_management__equity_return') }}
