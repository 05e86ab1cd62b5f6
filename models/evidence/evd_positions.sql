{{ union_holdings('positions') }}
