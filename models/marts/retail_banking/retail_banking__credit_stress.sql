{{ sandbox_credit_stress('retail_banking') }}
