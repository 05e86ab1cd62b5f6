"""Pure model-risk statistics, and the sample bank that shows them at work."""
