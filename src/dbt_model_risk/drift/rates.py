"""Changes of a rate and of a mean."""

from __future__ import annotations

import numpy as np
from scipy import special

__all__ = ["standard_deviation", "two_proportion_p_value", "two_proportion_z"]


def two_proportion_p_value(
    reference_events: np.ndarray, reference_size: np.ndarray, current_events: np.ndarray, current_size: np.ndarray
) -> np.ndarray:
    """Return the two-sided p-value of the pooled z test that both samples have one rate; NaN where there is no z.

    Parameters, and where there is none, are those of `two_proportion_z`.
    """
    z = two_proportion_z(reference_events, reference_size, current_events, current_size)
    return special.erfc(np.abs(z) / np.sqrt(2))


def two_proportion_z(
    reference_events: np.ndarray, reference_size: np.ndarray, current_events: np.ndarray, current_size: np.ndarray
) -> np.ndarray:
    """Return the pooled z statistic of the current rate less the reference rate, shape (...).

    NaN where a sample is empty or where the pooled rate is 0 or 1: then there is no variance to test against.

    Parameters
    ----------
    reference_events, reference_size, current_events, current_size
        Counts, one shape.

    References
    ----------
    Fleiss, J. L. (1981), *Statistical Methods for Rates and Proportions*, Wiley, section 2.3, without the continuity
    correction.
    """
    n, m = np.asarray(reference_size, float), np.asarray(current_size, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (reference_events + current_events) / (n + m)
        error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        z = (current_events / m - reference_events / n) / error
    return np.where((error > 0) & (n > 0) & (m > 0), z, np.nan)


def standard_deviation(size: np.ndarray, value_sum: np.ndarray, value_square_sum: np.ndarray) -> np.ndarray:
    """Return the population standard deviation from sums; NaN when empty, 0 when it drowns in rounding.

    Parameters
    ----------
    size, value_sum, value_square_sum
        Number of values, their sum and the sum of their squares, one shape.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        mean = value_sum / size
        square_mean = value_square_sum / size
        variance = square_mean - mean**2
        return np.where(variance <= 1e-12 * square_mean, 0 * variance, np.sqrt(np.maximum(variance, 0)))
