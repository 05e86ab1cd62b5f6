{{ evidence_holdings('investment_banking__sensitivities', 'sensitivities') }}
