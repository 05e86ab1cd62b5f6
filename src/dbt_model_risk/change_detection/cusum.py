"""The tabular CUSUM: what the days above, or below, their target add up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Cusum", "tabular_cusum"]


@dataclass(frozen=True)
class Cusum:
    """Each array has the shape (days, series).

    `upper` and `lower` are the sums; `days_up` and `days_down` count the values since a sum was 0 (N+ and N-); `alarm`
    is 1 or -1 on the day on which a sum passed its limit; `onset` is the index of the day on which that sum had left 0;
    `state` is 1 or -1 from an alarm until the series is back.
    """

    upper: np.ndarray
    lower: np.ndarray
    days_up: np.ndarray
    days_down: np.ndarray
    alarm: np.ndarray
    onset: np.ndarray
    state: np.ndarray


def tabular_cusum(values: np.ndarray, *, target: float, allowance: float, limit: float) -> Cusum:
    """Return both one-sided sums of every series and their alarms.

    After an alarm a sum is held at its limit at most, and the change is over when it is 0 again: a series that stays
    away raises one alarm, and one that came back can raise another. A day without a value (NaN) changes nothing.

    Parameters
    ----------
    values
        Shape (days, series) or (days,), in order of time.
    target
        Level of a series at rest.
    allowance
        K, in the units of the values: half the shift that should be found.
    limit
        H, in the units of the values.

    References
    ----------
    Page, E. S. (1954), *Biometrika* 41, 100-115; Montgomery, D. C., *Introduction to Statistical Quality Control*,
    section 9.1.2.
    """
    days = np.atleast_2d(np.asarray(values, float).T).T
    up, down = (_Side(days.shape, limit) for _ in range(2))
    for day, row in enumerate(days):
        up.add(day, row - target - allowance)
        down.add(day, target - allowance - row)
    return Cusum(
        *(up.sums, down.sums, up.counts, down.counts, up.alarms - down.alarms),
        np.where(up.alarms > 0, up.onsets, down.onsets),
        # A change that is still open on both sides is the one found last.
        np.where(up.opened >= down.opened, up.states, -down.states),
    )


class _Side:
    """One of the two sums, day by day for all series."""

    def __init__(self, shape: tuple[int, int], limit: float):
        self.limit = limit
        self.sums = np.zeros(shape)
        self.counts, self.alarms, self.states = (np.zeros(shape, int) for _ in range(3))
        self.onsets, self.opened = (np.full(shape, -1) for _ in range(2))
        series = shape[1]
        self.sum, self.count, self.start = np.zeros(series), np.zeros(series, int), np.full(series, -1)
        self.is_open, self.opened_on = np.zeros(series, bool), np.full(series, -1)

    def add(self, day: int, excess: np.ndarray) -> None:
        is_known = ~np.isnan(excess)
        held = np.where(self.is_open, np.minimum(self.sum, self.limit), self.sum)
        self.sum = np.where(is_known, np.maximum(0.0, held + excess), self.sum)
        is_positive = self.sum > 0
        self.start = np.where(is_known & is_positive & (self.count == 0), day, self.start)
        self.count = np.where(is_positive, self.count + is_known, 0)
        self.is_open &= is_positive
        is_alarm = is_known & (self.sum > self.limit) & ~self.is_open
        self.is_open |= is_alarm
        self.opened_on = np.where(self.is_open, np.where(is_alarm, day, self.opened_on), -1)
        self.sums[day], self.counts[day] = self.sum, self.count
        self.alarms[day], self.onsets[day] = is_alarm, np.where(is_alarm, self.start, -1)
        self.states[day], self.opened[day] = self.is_open, self.opened_on
