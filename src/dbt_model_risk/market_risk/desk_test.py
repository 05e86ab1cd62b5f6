"""The desk-level backtest of the trading book rules: exceptions at two levels, a missing day counting as one."""

from __future__ import annotations

import numpy as np

__all__ = ["ALLOWED", "desk_exceptions", "desk_ratio"]

# Confidence level -> exceptions that a desk may have in 250 days (MAR32.18 and 32.19).
ALLOWED = {"990": 12, "975": 30}


def desk_exceptions(pnl: np.ndarray, value_at_risk: np.ndarray, is_excused: np.ndarray) -> np.ndarray:
    """Return whether each day counts as an exception of the desk.

    A loss greater than value at risk counts. A day without a profit and loss or without a value at risk counts too,
    unless it is excused.

    Parameters
    ----------
    pnl, value_at_risk
        Per day of the calendar, shape (days,), NaN where missing; gains positive, value at risk a positive loss.
    is_excused
        Whether a register row excuses a missing figure of that day; it never excuses a loss.

    References
    ----------
    Basel Committee, MAR32.18 and MAR32.19.
    """
    pnl, value_at_risk = np.asarray(pnl, float), np.asarray(value_at_risk, float)
    is_missing = ~(np.isfinite(pnl) & np.isfinite(value_at_risk))
    with np.errstate(invalid="ignore"):
        is_loss = -pnl > value_at_risk
    return np.where(is_missing, ~np.asarray(is_excused, bool), is_loss)


def desk_ratio(exceptions_990: np.ndarray, exceptions_975: np.ndarray) -> np.ndarray:
    """Return the worse of exceptions over what is allowed; above 1 the desk fails the test.

    A count that is NaN is left out.
    """
    return np.fmax(np.asarray(exceptions_990) / ALLOWED["990"], np.asarray(exceptions_975) / ALLOWED["975"])
