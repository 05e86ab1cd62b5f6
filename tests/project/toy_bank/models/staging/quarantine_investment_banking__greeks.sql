{{ dbt_model_risk.quarantined_holdings('investment_banking__greeks', 'sensitivities') }}
