{{ sandbox_fairness('retail_banking') }}
