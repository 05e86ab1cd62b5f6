{{ evidence_holdings('investment_banking__positions', 'positions') }}
