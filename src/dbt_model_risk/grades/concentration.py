"""How unevenly cases, or exposure, lie over the grades of a scale. Empty grades count as grades."""

from __future__ import annotations

import numpy as np
from scipy import special

__all__ = ["coefficient_of_variation", "concentration_index", "concentration_p_value", "herfindahl"]


def herfindahl(amounts: np.ndarray) -> np.ndarray:
    """Return the Herfindahl-Hirschman index, the sum of squared shares, shape (...); NaN where all is 0.

    Parameters
    ----------
    amounts
        Cases or exposure per grade, shape (..., grades); what is no grade is 0.
    """
    return (shares(amounts) ** 2).sum(-1)


def coefficient_of_variation(amounts: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return the standard deviation of the shares over their mean, shape (...): 0 when even.

    Parameters
    ----------
    amounts
        As in `herfindahl`.
    count
        Grades of the scale, shape (...), at least 1.

    References
    ----------
    European Central Bank (2019), *Instructions for reporting the validation results of internal models*, section
    2.5.5.3.
    """
    return np.sqrt(np.maximum(np.asarray(count, float) * herfindahl(amounts) - 1, 0))


def concentration_index(amounts: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return 1 + ln((CV^2 + 1) / K) / ln K, shape (...): 0 when even, 1 when all is in one grade; NaN with one grade.

    Parameters and references are those of `coefficient_of_variation`.
    """
    count = np.asarray(count, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        index = 1 + np.log(herfindahl(amounts)) / np.log(count)
    return np.where(count > 1, np.clip(index, 0, 1), np.nan)


def concentration_p_value(current: np.ndarray, initial: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return the one-sided p-value of the test that concentration is no higher than it was, shape (...).

    NaN where the current one is 0, which leaves no variance, and with one grade.

    Parameters
    ----------
    current, initial
        Coefficients of variation of now and of the initial validation, shape (...).
    count
        Grades of the scale, shape (...).

    References
    ----------
    As in `coefficient_of_variation`.
    """
    current, initial, count = (np.asarray(values, float) for values in (current, initial, count))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.sqrt(count - 1) * (current - initial) / np.sqrt(current**2 * (0.5 + current**2))
    return np.where((current > 0) & (count > 1), special.ndtr(-statistic), np.nan)


def shares(amounts: np.ndarray) -> np.ndarray:
    """Return the share of each grade; NaN where all is 0."""
    amounts = np.asarray(amounts, float)
    total = amounts.sum(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, amounts / total, np.nan)
