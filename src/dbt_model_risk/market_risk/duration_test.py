"""Whether exceptions come at random times: the durations between them have no memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc

__all__ = ["MINIMUM_EXCEPTIONS", "DurationTest", "duration_test", "durations_between"]

MINIMUM_EXCEPTIONS = 4
SHAPE_FROM, SHAPE_TO = 0.001, 10.0
# The statistic is flat at its maximum: a shape known to 1e-8 gives it to 1e-15.
BISECTIONS = 30


class DurationTest(NamedTuple):
    """A likelihood ratio, its p-value against chi-square with one degree of freedom, and the Weibull shape.

    A shape below 1 says that exceptions come in clusters. All three are NaN below four exceptions.
    """

    statistic: float
    p_value: float
    shape: float


def duration_test(exceptions: np.ndarray) -> DurationTest:
    """Test exponential durations between exceptions against Weibull ones.

    The time before the first exception and after the last one is censored. The scale of both distributions is fitted;
    the shape lies between 0.001 and 10.

    Parameters
    ----------
    exceptions
        Flags of consecutive usable days in order of date, shape (days,).

    Raises
    ------
    ValueError
        If the flags are not one-dimensional.

    References
    ----------
    Christoffersen and Pelletier (2004), Backtesting value-at-risk: a duration-based approach, Journal of Financial
    Econometrics 2(1), 84-108.
    """
    exceptions = np.asarray(exceptions, bool)
    if exceptions.ndim != 1:
        raise ValueError(f"exceptions must have one dimension, not {exceptions.ndim}")
    if np.count_nonzero(exceptions) < MINIMUM_EXCEPTIONS:
        return DurationTest(np.nan, np.nan, np.nan)
    durations, is_complete = durations_between(exceptions)
    logs = np.log(durations)
    complete = np.count_nonzero(is_complete)
    complete_sum = logs[is_complete].sum()
    # The fitted scale makes the sum of (scale x duration)^shape the number of complete durations.
    highest = logs.max()

    def slope(shape: float) -> float:
        weights = np.exp(shape * (logs - highest))
        return complete / shape + complete_sum - complete * (weights @ logs) / weights.sum()

    def log_likelihood(shape: float) -> float:
        log_sum = shape * highest + np.log(np.exp(shape * (logs - highest)).sum())
        log_scale = np.log(complete) - log_sum
        return complete * (log_scale + np.log(shape) - 1.0) + (shape - 1.0) * complete_sum

    shape = root_of_falling(slope)
    statistic = 2.0 * max(log_likelihood(shape) - log_likelihood(1.0), 0.0)
    return DurationTest(statistic, float(chdtrc(1, statistic)), shape)


def durations_between(exceptions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return days from one exception to the next, and whether each duration is complete rather than censored."""
    days = np.flatnonzero(exceptions) + 1
    bounds = [0] if days[0] > 1 else []
    durations = np.diff(np.concatenate([bounds, days, [exceptions.size]])).astype(float)
    is_complete = np.ones(durations.size, bool)
    is_complete[0] = days[0] == 1
    is_complete[-1] = False
    return (durations, is_complete) if days[-1] < exceptions.size else (durations[:-1], is_complete[:-1])


def root_of_falling(function) -> float:
    """Return where a falling function crosses 0, or the bound of the shape that is nearer to it."""
    if function(SHAPE_TO) >= 0.0:
        return SHAPE_TO
    low, high = SHAPE_FROM, SHAPE_TO
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if function(middle) > 0.0 else (low, middle)
    return (low + high) / 2.0
