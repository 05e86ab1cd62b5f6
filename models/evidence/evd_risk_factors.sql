{{ union_holdings('risk_factors') }}
