{{ evidence_holdings('investment_banking__scenario_values', 'scenario_values') }}
