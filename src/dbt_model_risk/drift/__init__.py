"""Drift: how far the cases a model meets have moved from those it was approved on."""
