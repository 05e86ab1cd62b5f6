"""Drift of all features together: reconstruction by principal components, and a classifier of the two samples."""
