{{ sandbox_portfolio_profile('investment_banking') }}
