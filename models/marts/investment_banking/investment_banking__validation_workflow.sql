{{ sandbox_validation_workflow('investment_banking') }}
