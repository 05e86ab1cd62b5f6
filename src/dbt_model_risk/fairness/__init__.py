"""Fairness screening: whether groups of people are decided on, scored and misjudged alike."""
