"""Exceptions: days on which the loss was greater than value at risk, and how they follow one another."""

from __future__ import annotations

import numpy as np

__all__ = ["count_within", "is_exception", "longest_run", "transition_counts"]


def is_exception(pnl: np.ndarray, value_at_risk: np.ndarray) -> np.ndarray:
    """Return whether each day's loss is greater than its value at risk; a loss equal to it is none.

    Parameters
    ----------
    pnl
        Profit and loss per day, gains positive.
    value_at_risk
        Value at risk per day in the same currency, a positive loss.

    Raises
    ------
    ValueError
        If a value is null or infinite: such days have to be removed first, or they would count as kept.
    """
    pnl, value_at_risk = np.asarray(pnl, float), np.asarray(value_at_risk, float)
    if not (np.isfinite(pnl).all() and np.isfinite(value_at_risk).all()):
        raise ValueError("pnl and value_at_risk must be finite; remove null days first")
    return -pnl > value_at_risk


def count_within(flags: np.ndarray, first: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Return how many flags are set at the positions ``first`` <= position < ``stop`` of each span."""
    total = np.concatenate([[0], np.cumsum(flags, dtype=np.int64)])
    return total[stop] - total[first]


def transition_counts(
    exceptions: np.ndarray, first: np.ndarray, stop: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return n00, n01, n10 and n11 of each span: pairs of a day and the next by whether each is an exception.

    Parameters
    ----------
    exceptions
        Flags of consecutive usable days in order of date.
    first, stop
        Positions of the first day of each span and of the day after its last; a span of T days has T - 1 pairs.
    """
    last = np.maximum(stop - 1, first)
    # The last day paired with the first is never counted: no span has a pair that starts on its last day.
    n11 = count_within(exceptions & np.roll(exceptions, -1), first, last)
    n10 = count_within(exceptions, first, last) - n11
    n01 = count_within(exceptions, np.minimum(first + 1, stop), stop) - n11
    return last - first - n01 - n10 - n11, n01, n10, n11


def longest_run(exceptions: np.ndarray) -> int:
    """Return the largest number of exceptions on consecutive days."""
    quiet = np.flatnonzero(~exceptions)
    return int(np.diff(np.concatenate([[-1], quiet, [exceptions.size]])).max()) - 1
