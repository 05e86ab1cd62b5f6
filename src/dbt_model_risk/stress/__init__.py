"""What books lose under a scenario, and the scenario nearest to today in which they lose a given amount."""
