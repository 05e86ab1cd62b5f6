"""Back-tests of models that estimate a loss: its rate (LGD) or its amount (EAD)."""
