"""Counts of two samples over the same bins, as shares."""

from __future__ import annotations

import numpy as np

__all__ = ["paired_counts", "paired_shares"]


def paired_counts(reference: np.ndarray, current: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both counts as doubles, checked.

    Parameters
    ----------
    reference, current
        Counts, shape (..., bins). Bins that are empty in both are padding to every statistic of this package.

    Raises
    ------
    ValueError
        If the shapes differ, or a count is negative or not finite.
    """
    reference, current = np.asarray(reference, float), np.asarray(current, float)
    if reference.shape != current.shape:
        raise ValueError(f"reference has shape {reference.shape} and current {current.shape}")
    for name, counts in (("reference", reference), ("current", current)):
        if not (np.isfinite(counts) & (counts >= 0)).all():
            raise ValueError(f"{name} has a count that is negative or not finite")
    return reference, current


def paired_shares(reference: np.ndarray, current: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both samples' shares per bin; those of an empty sample are NaN.

    Parameters
    ----------
    reference, current
        Counts, shape (..., bins).
    """
    reference, current = paired_counts(reference, current)
    with np.errstate(invalid="ignore"):
        return reference / reference.sum(-1, keepdims=True), current / current.sum(-1, keepdims=True)
