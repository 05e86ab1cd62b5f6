{{ dbt_model_risk.evidence_baseline('wealth_management__term_deposit') }}
