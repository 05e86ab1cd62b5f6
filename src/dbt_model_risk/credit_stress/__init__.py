"""Expected loss of credit books under a macro scenario, through declared satellite models."""
