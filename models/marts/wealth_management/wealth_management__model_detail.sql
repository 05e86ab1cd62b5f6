{{ sandbox_model_detail('wealth_management') }}
