{{ dbt_model_risk.evidence_scores('wealth_management__term_deposit') }}
