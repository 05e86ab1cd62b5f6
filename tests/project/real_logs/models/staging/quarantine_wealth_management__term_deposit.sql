{{ dbt_model_risk.quarantined_rows('wealth_management__term_deposit') }}
