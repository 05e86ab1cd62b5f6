"""Which part of the population a model serves worse than the rest."""
