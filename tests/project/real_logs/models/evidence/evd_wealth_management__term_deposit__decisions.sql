{{ dbt_model_risk.evidence_decisions('wealth_management__term_deposit') }}
