"""The EWMA chart: a weighted mean of the days that forgets, within limits that widen as it fills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["EwmaChart", "ewma_chart"]


@dataclass(frozen=True)
class EwmaChart:
    """Each array has the shape (days, series).

    `mean` is the weighted mean, `low` and `high` its limits that day; `alarm` is 1 or -1 on the day on which it left
    them; `onset` is the index of the day since which it has been on that side of the target; `state` is 1 or -1 from an
    alarm until the series is back.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    alarm: np.ndarray
    onset: np.ndarray
    state: np.ndarray


def ewma_chart(values: np.ndarray, *, target: float, deviation: float, weight: float, width: float) -> EwmaChart:
    """Return the chart of every series: z = weight * x + (1 - weight) * z, from the target on.

    After an alarm the mean is held at its limit at most, and the change is over when it crosses the target: the chart
    then begins anew. A day without a value (NaN) changes nothing.

    Parameters
    ----------
    values
        Shape (days, series) or (days,), in order of time.
    target, deviation
        Level and standard deviation of a series at rest.
    weight
        Lambda, in (0, 1]: of the last day.
    width
        L: half-width of the limits, in standard deviations of the mean.

    References
    ----------
    Roberts, S. W. (1959), *Technometrics* 1, 239-250; NIST/SEMATECH, *e-Handbook of Statistical Methods*, section
    6.3.2.4; limits of each day as in Montgomery, *Introduction to Statistical Quality Control*, section 9.2.1.
    """
    days = np.atleast_2d(np.asarray(values, float).T).T
    series = days.shape[1]
    means, lows, highs = (np.empty(days.shape) for _ in range(3))
    alarms, states = (np.zeros(days.shape, int) for _ in range(2))
    onsets = np.full(days.shape, -1)
    # The distance from the target, the values it is made of, the side of an open change, and since when it is there.
    distance, filled = np.zeros(series), np.zeros(series, int)
    state, side, start = np.zeros(series, int), np.zeros(series), np.full(series, -1)
    limit = np.zeros(series)
    asymptote = width * deviation * np.sqrt(weight / (2 - weight))
    for day, row in enumerate(days):
        is_known = ~np.isnan(row)
        held = np.where(state != 0, np.clip(distance, -limit, limit), distance)
        distance = np.where(is_known, weight * (row - target) + (1 - weight) * held, distance)
        filled = filled + is_known
        limit = asymptote * np.sqrt(1 - (1 - weight) ** (2.0 * filled))
        is_over = is_known & (state != 0) & (np.sign(distance) != state)
        distance, filled, state = (np.where(is_over, 0, now) for now in (distance, filled, state))
        start = np.where(is_known & (np.sign(distance) != side), day, start)
        side = np.sign(distance)
        is_alarm = is_known & (np.abs(distance) > limit) & (state == 0) & ~is_over
        state = np.where(is_alarm, np.sign(distance), state).astype(int)
        means[day], lows[day], highs[day] = target + distance, target - limit, target + limit
        alarms[day], states[day] = np.where(is_alarm, state, 0), state
        onsets[day] = np.where(is_alarm, start, -1)
    return EwmaChart(means, lows, highs, alarms, onsets, states)
