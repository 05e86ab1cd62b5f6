{{ sandbox_reverse_stress('investment_banking') }}
