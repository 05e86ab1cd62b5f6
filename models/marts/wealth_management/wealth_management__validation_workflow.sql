{{ sandbox_validation_workflow('wealth_management') }}
