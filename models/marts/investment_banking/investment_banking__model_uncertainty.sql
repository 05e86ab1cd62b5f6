{{ sandbox_model_uncertainty('investment_banking') }}
