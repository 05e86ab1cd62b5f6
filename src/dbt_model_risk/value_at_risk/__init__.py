"""Value at risk and expected shortfall from a history of profit and loss."""
