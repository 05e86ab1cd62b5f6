"""From a scenario's shock to the move of a factor, and from the move to shifts of a sensitivity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["ABSOLUTE_QUOTES", "Moves", "factor_moves", "shifts_of"]

# Rates and volatilities are quoted in percent or points: they move by a difference, never by a ratio.
ABSOLUTE_QUOTES = ("percent", "points")
SHOCK_TYPES = ("absolute", "relative", "level")
SHIFT_TYPES = ("absolute", "relative")


class Moves(NamedTuple):
    """How far factors move, all arrays of one shape.

    absolute
        In the factor's own unit; null where it needs a factor value that is not known.
    relative
        As a share of the factor's value; null where that is not known or not positive.
    floored
        Whether the move was cut at the factor's floor.
    reason
        None, or why the shock cannot be applied: non_positive_base or no_factor_value.
    """

    absolute: np.ndarray
    relative: np.ndarray
    floored: np.ndarray
    reason: np.ndarray


def factor_moves(
    shock_type: np.ndarray,
    shock_value: np.ndarray,
    *,
    quote: np.ndarray,
    base: np.ndarray,
    current: np.ndarray,
    floor: np.ndarray,
) -> Moves:
    """Return the move that each shock means for the factor's value today.

    Parameters
    ----------
    shock_type, shock_value
        ``absolute`` (a difference in the factor's unit), ``relative`` (-0.4 is a fall by 40 %) or ``level`` (the value
        that the factor takes in the scenario).
    quote
        ``price`` or ``index`` (a level moves it by the ratio to its base), ``percent`` or ``points`` (by the
        difference).
    base
        What a level is compared with: the path's own value at step 0, else the factor's value today.
    current, floor
        The factor's value today and the lowest it can take; null where unknown, or where there is no floor.

    Returns
    -------
    Moves
        A ratio to a base that is zero or negative has no meaning and is refused with the reason non_positive_base. A
        factor that is below its floor today is not pushed further down.

    Raises
    ------
    ValueError
        If a shock has another type, or its value is not finite.
    """
    shock_type, quote = np.asarray(shock_type, object), np.asarray(quote, object)
    value, base, current, floor = (np.asarray(x, float) for x in (shock_value, base, current, floor))
    if not np.isin(shock_type, SHOCK_TYPES).all():
        raise ValueError(f"shock_type must be one of {SHOCK_TYPES}, not {set(shock_type) - set(SHOCK_TYPES)}")
    if not np.isfinite(value).all():
        raise ValueError("shock_value must be finite")
    by_ratio = (shock_type == "level") & ~np.isin(quote, ABSOLUTE_QUOTES)
    is_relative = (shock_type == "relative") | by_ratio
    is_level = (shock_type == "level") & ~by_ratio
    compared = np.where(by_ratio, base, current)
    refused = is_relative & (compared <= 0)
    unknown = (by_ratio | is_level) & np.isnan(base)

    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(by_ratio, value / base - 1.0, value)
        positive = np.where(current > 0, current, np.nan)
        relative = np.where(is_relative, ratio, np.where(is_level, value - base, value) / positive)
        absolute = np.where(is_relative, ratio * current, np.where(is_level, value - base, value))
        lowest = np.minimum(floor, current) - current
        floored = (absolute < lowest) & ~refused
        absolute = np.where(floored, lowest, absolute)
        relative = np.where(floored, lowest / positive, relative)
    reason = np.where(refused, "non_positive_base", np.where(unknown, "no_factor_value", None))
    failed = refused | unknown
    return Moves(np.where(failed, np.nan, absolute), np.where(failed, np.nan, relative), floored, reason)


def shifts_of(moves: Moves, shift_type: np.ndarray, shift_size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many shifts of a sensitivity a move is, and why it cannot be told.

    Parameters
    ----------
    moves
        Moves of the sensitivities' factors.
    shift_type, shift_size
        ``relative`` 0.01 is 1 % of the factor's value, ``absolute`` 0.01 is a basis point of a rate in percent.

    Returns
    -------
    tuple of numpy.ndarray
        Shifts, null where the move is null in the sensitivity's own terms; and None or the reason.

    Raises
    ------
    ValueError
        If a shift has another type, or its size is not positive.
    """
    shift_type, shift_size = np.asarray(shift_type, object), np.asarray(shift_size, float)
    if not np.isin(shift_type, SHIFT_TYPES).all():
        raise ValueError(f"shift_type must be one of {SHIFT_TYPES}, not {set(shift_type) - set(SHIFT_TYPES)}")
    if not (shift_size > 0).all():
        raise ValueError("shift_size must be positive")
    relative = shift_type == "relative"
    shifts = np.where(relative, moves.relative, moves.absolute) / shift_size
    # A relative shift of a known absolute move lacks a positive value of the factor; the reverse lacks any value.
    missing = np.where(relative & np.isfinite(moves.absolute), "non_positive_base", "no_factor_value")
    reason = np.where(moves.reason != None, moves.reason, np.where(np.isnan(shifts), missing, None))  # noqa: E711
    return shifts, reason
