{{ sandbox_limit_breaches('investment_banking') }}
