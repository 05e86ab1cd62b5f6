{{ dbt_model_risk.evidence_days('investment_banking__usgov_var') }}
