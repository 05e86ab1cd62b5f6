{{ sandbox_model_detail('investment_banking') }}
