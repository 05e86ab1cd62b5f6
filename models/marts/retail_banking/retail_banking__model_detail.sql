{{ sandbox_model_detail('retail_banking') }}
