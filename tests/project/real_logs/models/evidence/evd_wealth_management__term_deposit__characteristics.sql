{{ dbt_model_risk.evidence_characteristics('wealth_management__term_deposit') }}
