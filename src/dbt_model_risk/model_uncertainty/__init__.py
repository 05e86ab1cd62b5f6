"""How much a figure owes to the choice of its model and to the sample behind it."""
