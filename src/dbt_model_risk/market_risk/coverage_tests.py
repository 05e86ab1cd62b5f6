"""Tests of whether exceptions are as rare as promised and come one by one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import bdtrc, chdtrc, rel_entr

__all__ = [
    "LikelihoodRatio",
    "binomial_upper_tail",
    "christoffersen_independence",
    "conditional_coverage",
    "kupiec_pof",
]


class LikelihoodRatio(NamedTuple):
    """A likelihood ratio of at least 0 and its asymptotic p-value, both shaped like the input."""

    statistic: np.ndarray
    p_value: np.ndarray


def kupiec_pof(exceptions: np.ndarray, days: np.ndarray, *, tail: float) -> LikelihoodRatio:
    """Test whether the share of exceptions is the tail probability, in either direction.

    Parameters
    ----------
    exceptions, days
        Counts of the same shape, 0 <= exceptions <= days.
    tail
        Probability of an exception that the model promises, 0.01 for 99 % value at risk.

    Returns
    -------
    LikelihoodRatio
        Against chi-square with one degree of freedom; finite without any exception, as 0 ln 0 = 0.

    Raises
    ------
    ValueError
        If there are more exceptions than days, or the tail is no probability.

    References
    ----------
    Kupiec (1995), Techniques for verifying the accuracy of risk measurement models, J. Derivatives 3(2), 73-84.
    """
    exceptions, days = checked(exceptions, days, tail)
    quiet = days - exceptions
    return ratio(rel_entr(exceptions, tail * days) + rel_entr(quiet, (1.0 - tail) * days), degrees=1)


def christoffersen_independence(n00: np.ndarray, n01: np.ndarray, n10: np.ndarray, n11: np.ndarray) -> LikelihoodRatio:
    """Test whether an exception is as likely the day after an exception as after any other day.

    Parameters
    ----------
    n00, n01, n10, n11
        Pairs of consecutive days; n10 counts an exception followed by none.

    Returns
    -------
    LikelihoodRatio
        Against chi-square with one degree of freedom; 0 with p-value 1 where a row or column of the table is empty.

    References
    ----------
    Christoffersen (1998), Evaluating interval forecasts, International Economic Review 39, 841-862.
    """
    table = np.array([[n00, n01], [n10, n11]], float)
    # One division per cell and none by zero: an empty table is expected to be empty.
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True)
    expected = expected / np.maximum(table.sum(axis=(0, 1)), 1.0)
    return ratio(rel_entr(table, expected).sum(axis=(0, 1)), degrees=1)


def conditional_coverage(coverage: np.ndarray, independence: np.ndarray) -> LikelihoodRatio:
    """Test coverage and independence together: the sum of both statistics, against two degrees of freedom.

    References
    ----------
    Christoffersen (1998), section 3; coverage here is taken on all days, not only on those with a day before.
    """
    return ratio((np.asarray(coverage) + np.asarray(independence)) / 2.0, degrees=2)


def binomial_upper_tail(exceptions: np.ndarray, days: np.ndarray, *, tail: float) -> np.ndarray:
    """Return the probability of at least so many exceptions if the model keeps its promise.

    Parameters and errors are those of `kupiec_pof`.
    """
    exceptions, days = checked(exceptions, days, tail)
    return bdtrc(exceptions - 1, days, tail)


def checked(exceptions: np.ndarray, days: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Return both counts as whole numbers, or refuse them."""
    exceptions, days = np.asarray(exceptions, np.int64), np.asarray(days, np.int64)
    if not 0.0 < tail < 1.0:
        raise ValueError(f"tail must lie between 0 and 1, not {tail}")
    if ((exceptions < 0) | (exceptions > days)).any():
        raise ValueError("exceptions must lie between 0 and days")
    return exceptions, days


def ratio(half: np.ndarray, *, degrees: int) -> LikelihoodRatio:
    """Return twice a log likelihood ratio, free of the rounding that makes it negative, with its p-value."""
    statistic = 2.0 * np.maximum(half, 0.0)
    return LikelihoodRatio(statistic, chdtrc(degrees, statistic))
