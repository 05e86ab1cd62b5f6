{{ evidence_holdings('investment_banking__risk_factors', 'risk_factors') }}
