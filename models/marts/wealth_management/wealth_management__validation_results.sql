{{ sandbox_validation_results('wealth_management') }}
