"""The population stability index, and how large it gets by chance."""

from __future__ import annotations

import numpy as np
from scipy import special

from dbt_model_risk.drift.shares import paired_counts, paired_shares

__all__ = ["SHARE_FLOOR", "psi", "psi_contributions", "psi_critical_value"]

SHARE_FLOOR = 1e-4


def psi_contributions(reference: np.ndarray, current: np.ndarray, *, floor: float = SHARE_FLOOR) -> np.ndarray:
    """Return what each bin adds to the population stability index, shape (..., bins), natural log.

    Parameters
    ----------
    reference, current
        Counts, shape (..., bins).
    floor
        Least share of a bin. Shares are not scaled back to one, so that a bin's part does not depend on the others.

    References
    ----------
    Siddiqi, N. (2006), *Credit Risk Scorecards*, Wiley, chapter 8.
    """
    before, after = (np.maximum(shares, floor) for shares in paired_shares(reference, current))
    return (after - before) * np.log(after / before)


def psi(reference: np.ndarray, current: np.ndarray, *, floor: float = SHARE_FLOOR) -> np.ndarray:
    """Return the population stability index, shape (...); NaN where a sample is empty.

    Parameters
    ----------
    reference, current, floor
        As for psi_contributions.
    """
    return psi_contributions(reference, current, floor=floor).sum(-1)


def psi_critical_value(reference: np.ndarray, current: np.ndarray, *, significance: float = 0.05) -> np.ndarray:
    """Return the index that two samples of one population exceed with the given probability, shape (...).

    (1/n + 1/m) times the chi-square quantile with B - 1 degrees of freedom, where B counts the bins that are occupied
    in either sample; NaN with fewer than two of them or an empty sample.

    Parameters
    ----------
    reference, current
        Counts, shape (..., bins).
    significance
        Probability of a false alarm.

    References
    ----------
    Yurdakul, B. and Naranjo, J. (2020), "Statistical properties of the population stability index", *Journal of Risk
    Model Validation* 14(4).
    """
    reference, current = paired_counts(reference, current)
    degrees = ((reference + current) > 0).sum(-1) - 1
    n, m = reference.sum(-1), current.sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (1 / n + 1 / m) * special.chdtri(np.maximum(degrees, 1), significance)
    return np.where((degrees > 0) & (n > 0) & (m > 0), value, np.nan)
