{{ union_holdings('sensitivities') }}
