"""The Page-Hinkley test: a series that has left its own running mean."""

from __future__ import annotations

import numpy as np

__all__ = ["page_hinkley"]


def page_hinkley(
    values: np.ndarray, *, minimum: int = 30, delta: float = 0.005, threshold: float = 50.0, alpha: float = 0.9999
) -> tuple[np.ndarray, np.ndarray]:
    """Return the alarms of every series (1 up, -1 down, else 0) and the onset of each.

    The sums run over the distance from the mean of all values since the last alarm, which begins the test anew. The
    onset is the index of the day after the last extreme of the sum that alarmed, else -1. A day without a value (NaN)
    changes nothing.

    Parameters
    ----------
    values
        Shape (days, series) or (days,), in order of time.
    minimum
        Fewest values since the last alarm.
    delta
        Distance from the mean that counts as none, in the units of the values.
    threshold
        Sum that alarms, in the units of the values.
    alpha
        What a sum keeps from one value to the next.

    References
    ----------
    Page, E. S. (1954), *Biometrika* 41, 100-115; in the form of `drift.PageHinkley` of river 0.23, mode "both".
    """
    days = np.atleast_2d(np.asarray(values, float).T).T
    series = days.shape[1]
    alarms, onsets = np.zeros(days.shape, int), np.full(days.shape, -1)
    is_reset = np.ones(series, bool)
    count, total, up, down, low, high = (np.zeros(series) for _ in range(6))
    lowest_on, highest_on = np.zeros(series, int), np.zeros(series, int)
    for day, row in enumerate(days):
        is_known = ~np.isnan(row)
        is_new = is_reset & is_known
        count, total, up, down = (np.where(is_new, 0.0, sums) for sums in (count, total, up, down))
        low, high = np.where(is_new, np.inf, low), np.where(is_new, -np.inf, high)
        is_reset = is_reset & ~is_known
        count, total = count + is_known, total + np.where(is_known, row, 0.0)
        distance = np.where(is_known, row - total / np.maximum(count, 1), 0.0)
        up = np.where(is_known, alpha * up + distance - delta, up)
        down = np.where(is_known, alpha * down + distance + delta, down)
        lowest_on = np.where(is_known & (up < low), day, lowest_on)
        highest_on = np.where(is_known & (down > high), day, highest_on)
        low, high = np.where(is_known, np.minimum(low, up), low), np.where(is_known, np.maximum(high, down), high)
        is_up, is_down = up - low > threshold, high - down > threshold
        is_reset = is_reset | (is_known & (count >= minimum) & (is_up | is_down))
        is_alarm = is_reset & is_known
        alarms[day] = np.where(is_alarm, np.where(is_up, 1, -1), 0)
        onsets[day] = np.where(is_alarm, np.where(is_up, lowest_on, highest_on) + 1, -1)
    return alarms, onsets
