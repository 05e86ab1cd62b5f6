"""Performance before the outcomes arrive, estimated from counts of scores."""
