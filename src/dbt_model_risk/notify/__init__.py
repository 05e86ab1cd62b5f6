"""Alerts of the warehouse sent to people, each of them once."""
