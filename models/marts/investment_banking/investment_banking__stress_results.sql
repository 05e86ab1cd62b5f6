{{ sandbox_stress_results('investment_banking') }}
