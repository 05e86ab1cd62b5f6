{{ sandbox_breaches('investment_banking') }}
