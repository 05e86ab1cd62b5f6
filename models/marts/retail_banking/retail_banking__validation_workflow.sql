{{ sandbox_validation_workflow('retail_banking') }}
