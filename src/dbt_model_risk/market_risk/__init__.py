"""Backtests of value at risk against profit and loss."""
