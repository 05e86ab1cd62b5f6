{{ sandbox_validation_results('retail_banking') }}
