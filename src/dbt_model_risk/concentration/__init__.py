"""How much of a portfolio rests on few names."""
