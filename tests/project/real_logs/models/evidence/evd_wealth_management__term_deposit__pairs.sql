{{ dbt_model_risk.evidence_pairs('wealth_management__term_deposit') }}
