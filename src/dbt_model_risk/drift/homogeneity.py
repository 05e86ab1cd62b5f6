"""Whether two samples share their distribution over bins, by chi-square."""

from __future__ import annotations

import numpy as np
from scipy import special

from dbt_model_risk.drift.shares import paired_counts

__all__ = ["chi_square_homogeneity"]


def chi_square_homogeneity(reference: np.ndarray, current: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the chi-square statistic of the 2 x K table, its p-value and Cramer's V, each of shape (...).

    Without Yates' correction; bins that are empty in both samples are no categories. With a single category the
    statistic is 0 and p is 1. NaN where a sample is empty.

    Parameters
    ----------
    reference, current
        Counts, shape (..., bins).

    References
    ----------
    Pearson, K. (1900), *Philosophical Magazine* 50, 157-175; Cramer, H. (1946), *Mathematical Methods of Statistics*,
    section 21.9.
    """
    reference, current = paired_counts(reference, current)
    n, m = reference.sum(-1), current.sum(-1)
    both = reference + current
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (reference * m[..., None] - current * n[..., None]) ** 2 / both
        statistic = np.where(both > 0, terms, 0).sum(-1) / (n * m)
        cramers_v = np.sqrt(np.clip(statistic / (n + m), 0, 1))
    degrees = (both > 0).sum(-1) - 1
    p_value = np.where(degrees > 0, special.chdtrc(np.maximum(degrees, 1), statistic), 1.0)
    return statistic, np.where(np.isnan(statistic), np.nan, p_value), cramers_v
