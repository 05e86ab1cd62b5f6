{{ dbt_model_risk.quarantined_days('investment_banking__usgov_var') }}
