{{ union_holdings('valuations') }}
