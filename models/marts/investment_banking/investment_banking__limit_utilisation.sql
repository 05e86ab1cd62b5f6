{{ sandbox_limit_utilisation('investment_banking') }}
