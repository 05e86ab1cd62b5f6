{{ sandbox_var_backtest_history('investment_banking') }}
