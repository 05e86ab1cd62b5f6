{{ sandbox_freshness('wealth_management') }}
