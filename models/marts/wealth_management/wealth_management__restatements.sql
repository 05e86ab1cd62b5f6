{{ sandbox_restatements('wealth_management') }}
