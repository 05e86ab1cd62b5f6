"""ADWIN: a window of all days since the last change, cut where the means of its parts differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log, sqrt

import numpy as np

__all__ = ["adwin"]


def adwin(
    values: np.ndarray,
    *,
    delta: float = 0.002,
    clock: int = 32,
    max_buckets: int = 5,
    min_window_length: int = 5,
    grace_period: int = 10,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the alarms of every series (1 up, -1 down, else 0) and the onset of each.

    A check alarms where the days before some cut of the window have another mean than those after it, and the window
    begins anew. The onset is the index of the first day after the cut that stands out most, else -1. A day without a
    value (NaN) changes nothing.

    Parameters
    ----------
    values
        Shape (days, series) or (days,), in order of time.
    delta
        Chance of a false cut that the bound allows, in (0, 1).
    clock
        Values from one check to the next.
    max_buckets
        Buckets of one size before two are merged.
    min_window_length
        Fewest values on either side of a cut.
    grace_period
        Values that the window has to exceed before it is checked.

    References
    ----------
    Bifet, A. and Gavalda, R. (2007), *Learning from time-changing data with adaptive windowing*, SIAM International
    Conference on Data Mining; in the form of `drift.ADWIN` of river 0.23.
    """
    days = np.atleast_2d(np.asarray(values, float).T).T
    alarms, onsets = np.zeros(days.shape, int), np.full(days.shape, -1)
    for series, column in enumerate(days.T):
        known = np.flatnonzero(~np.isnan(column))
        window, begun = _Window(delta, clock, max_buckets, min_window_length, grace_period), 0
        for position, value in enumerate(column[known].tolist()):
            direction, older = window.add(value)
            if direction:
                alarms[known[position], series] = direction
                onsets[known[position], series] = known[begun + older]
                window, begun = _Window(delta, clock, max_buckets, min_window_length, grace_period), position + 1
    return alarms, onsets


@dataclass
class _Window:
    """Sums of 1, 2, 4, ... values by row, the oldest of a row first, and the squared deviations of all values."""

    delta: float
    clock: int
    max_buckets: int
    min_window_length: int
    grace_period: int
    rows: list[list[float]] = field(default_factory=lambda: [[]])
    width: int = 0
    total: float = 0.0
    variation: float = 0.0

    def add(self, value: float) -> tuple[int, int]:
        """Return the direction of a change, 0 for none, and the values before it."""
        if self.width:
            self.variation += self.width * (value - self.total / self.width) ** 2 / (self.width + 1)
        self.width += 1
        self.total += value
        self.rows[0].append(value)
        self.merge_buckets()
        if self.width % self.clock or self.width <= self.grace_period:
            return 0, 0
        return self.find_cut()

    def merge_buckets(self) -> None:
        for level, row in enumerate(self.rows):
            if len(row) <= self.max_buckets:
                return
            if level + 1 == len(self.rows):
                self.rows.append([])
            self.rows[level + 1].append(row[0] + row[1])
            del row[:2]

    def find_cut(self) -> tuple[int, int]:
        older, older_total, most, found = 0, 0.0, 1.0, (0, 0)
        bound = log(2 * log(self.width) / self.delta)
        spread = 2 * self.variation / self.width * bound
        for level in range(len(self.rows) - 1, -1, -1):
            for total in self.rows[level]:
                older += 2**level
                older_total += total
                newer = self.width - older
                if min(older, newer) < self.min_window_length:
                    continue
                shift = (self.total - older_total) / newer - older_total / older
                inverse = 1 / (older - self.min_window_length + 1) + 1 / (newer - self.min_window_length + 1)
                excess = abs(shift) / (sqrt(spread * inverse) + 2 / 3 * bound * inverse)
                if excess > most:
                    most, found = excess, (1 if shift > 0 else -1, older)
        return found
