{{ dbt_model_risk.evidence_holdings('investment_banking__greeks', 'sensitivities') }}
