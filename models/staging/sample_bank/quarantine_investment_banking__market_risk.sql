{{ quarantined_days('investment_banking__market_risk') }}
