"""How well probabilities match what happened, beyond what SQL sums give."""
