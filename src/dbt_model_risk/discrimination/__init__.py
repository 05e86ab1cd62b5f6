"""How well scores rank events above nonevents, beyond what SQL sums give."""
