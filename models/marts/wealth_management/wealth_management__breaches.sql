{{ sandbox_breaches('wealth_management') }}
