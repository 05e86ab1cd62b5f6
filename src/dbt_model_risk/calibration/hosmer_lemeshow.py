"""Observed against expected events in groups of like scores."""

from __future__ import annotations

import numpy as np
from scipy import special

__all__ = ["hosmer_lemeshow", "merge_small_groups", "quantile_groups"]


def quantile_groups(cases: np.ndarray, *, starts: np.ndarray, count: int = 10) -> np.ndarray:
    """Return the group of each bin, 0 to count - 1, shape (bins,): equal shares of the cohort's cases by rank.

    A bin is never split: it goes where its middle case belongs, so that a group may stay empty.

    Parameters
    ----------
    cases
        Cases of each bin, integers, in order of the score within the cohort.
    starts
        First bin of every cohort, shape (cohorts,).
    """
    sizes = np.diff(np.append(starts, len(cases)))
    before = np.cumsum(cases) - cases
    below = before - np.repeat(before[starts], sizes)
    totals = np.repeat(np.add.reduceat(cases, starts), sizes)
    return np.minimum(count * (2 * below + cases) // (2 * totals), count - 1)


def merge_small_groups(
    cases: np.ndarray, events: np.ndarray, expected: np.ndarray, *, minimum: float = 5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return groups joined with the next until each expects enough events and nonevents, each of shape (..., groups).

    What is left at the end joins the last whole group; groups that were joined to another are zero.

    Parameters
    ----------
    cases, events, expected
        Per group in order of the score, shape (..., groups).
    minimum
        Fewest events and nonevents expected in a group.
    """
    groups = np.stack([np.asarray(array, float) for array in (cases, events, expected)])
    merged = np.zeros_like(groups)
    carried = np.zeros(groups.shape[:-1])
    last = np.zeros(groups.shape[1:-1], int)
    for k in range(groups.shape[-1]):
        carried = carried + groups[..., k]
        is_whole = (carried[2] >= minimum) & (carried[0] - carried[2] >= minimum)
        merged[..., k] = np.where(is_whole, carried, 0)
        carried = np.where(is_whole, 0, carried)
        last = np.where(is_whole, k, last)
    is_last = np.arange(groups.shape[-1]) == last[..., None]
    merged = merged + np.where(is_last, carried[..., None], 0)
    return merged[0], merged[1], merged[2]


def hosmer_lemeshow(
    cases: np.ndarray, events: np.ndarray, expected: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the statistic, the number of groups and the p-value of forecasts made before the outcomes, shape (...).

    On data that the model was not fitted to, the statistic has as many degrees of freedom as groups; on the fitting
    sample it would be two fewer. A group certain to have or not to have events adds nothing unless the impossible
    happens: then the statistic is infinite. NaN without a group.

    Parameters
    ----------
    cases, events, expected
        Per group, shape (..., groups); a group without cases is none.

    References
    ----------
    Hosmer, D. W. and Lemeshow, S. (1980), *Communications in Statistics A* 9, 1043-1069; Hosmer, Lemeshow and
    Sturdivant (2013), *Applied Logistic Regression*, section 5.2.2 (degrees of freedom out of sample).
    """
    cases, events, expected = (np.asarray(array, float) for array in (cases, events, expected))
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (events - expected) ** 2 / (expected * (1 - expected / cases))
    terms = np.where((cases > 0) & (events != expected), terms, 0)
    count = (cases > 0).sum(-1)
    statistic = np.where(count > 0, terms.sum(-1), np.nan)
    return statistic, count, special.chdtrc(np.where(count > 0, count, np.nan), statistic)
