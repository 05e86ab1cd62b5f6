"""Whether realised losses exceed their estimates on average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

__all__ = ["MeanError", "mean_error"]

# What is left of a sum of squares after centring is rounding below this share of it.
ROUNDING = 1e-12


@dataclass(frozen=True)
class MeanError:
    """The mean of realised less estimated losses, and its t-test; arrays of one shape.

    Attributes
    ----------
    mean
        Positive where losses were underestimated; NaN without cases.
    statistic
        T = sqrt(N) mean / s; NaN with fewer than two cases or without variance.
    p_value
        Of H0: estimates are no lower than realised losses; small means underestimated.
    low, high
        95 % interval of the mean by the t distribution.
    """

    mean: np.ndarray
    statistic: np.ndarray
    p_value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def mean_error(size: np.ndarray, error_sum: np.ndarray, error_square_sum: np.ndarray, scale: np.ndarray) -> MeanError:
    """Return the one-sided t-test of the ECB for LGD and EAD, with N - 1 degrees of freedom.

    Parameters
    ----------
    size
        Cases.
    error_sum, error_square_sum
        Sums of realised less estimated losses, and of their squares.
    scale
        Sum of squared estimates and squared realised losses, of which the squared errors are a difference: variance
        below its rounding is none.

    References
    ----------
    European Central Bank (2019), *Instructions for reporting the validation results of internal models*, sections 2.6
    and 2.9.
    """
    size, error_sum, square_sum, scale = (np.asarray(x, float) for x in (size, error_sum, error_square_sum, scale))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = error_sum / size
        variation = square_sum - error_sum * mean
        variation = np.where(variation > ROUNDING * scale, variation, np.nan)
        degrees = np.where(size > 1, size - 1, np.nan)
        error = np.sqrt(variation / degrees / size)
        statistic = mean / error
    margin = special.stdtrit(degrees, 0.975) * error
    return MeanError(mean, statistic, special.stdtr(degrees, -statistic), mean - margin, mean + margin)
