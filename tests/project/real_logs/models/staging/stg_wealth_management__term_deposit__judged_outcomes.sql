{{ dbt_model_risk.judged_outcomes('wealth_management__term_deposit') }}
