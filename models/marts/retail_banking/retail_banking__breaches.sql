{{ sandbox_breaches('retail_banking') }}
