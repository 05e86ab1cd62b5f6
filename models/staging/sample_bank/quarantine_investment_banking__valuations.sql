{{ quarantined_holdings('investment_banking__valuations', 'valuations') }}
