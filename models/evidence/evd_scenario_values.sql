{{ union_holdings('scenario_values') }}
