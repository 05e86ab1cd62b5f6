{{ sandbox_fairness('wealth_management') }}
