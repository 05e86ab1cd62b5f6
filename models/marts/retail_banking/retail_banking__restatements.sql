{{ sandbox_restatements('retail_banking') }}
