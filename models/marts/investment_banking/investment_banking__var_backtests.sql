{{ sandbox_var_backtests('investment_banking') }}
