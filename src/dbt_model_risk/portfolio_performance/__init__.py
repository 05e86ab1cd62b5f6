"""Return, risk and drawdown of a portfolio against its mandate."""
