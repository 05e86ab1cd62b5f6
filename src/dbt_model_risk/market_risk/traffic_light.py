"""The Basel traffic light: zones of exceptions by how improbable they are, and what they add to the multiplier."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import bdtr

__all__ = ["ADD_ONS", "TAIL", "WINDOW", "add_on", "light", "traffic_light_table", "zone"]

WINDOW = 250
TAIL = 0.01
AMBER_FROM = 0.95
RED_FROM = 0.9999
FIRST_AMBER, FIRST_RED = 5, 10
# MAR32.9: what internal models' capital is multiplied by without an add-on.
BASE_MULTIPLIER = 1.5
# By exceptions in 250 days, 0 to 10 and more: MAR32.9 over a multiplier of 1.5; table 2 of the 1996 framework over 3.
ZONES = np.array(["green", "amber", "red"])
ADD_ONS = {
    "mar32_9": np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.20, 0.26, 0.33, 0.38, 0.42, 0.50]),
    "basel_1996": np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.40, 0.50, 0.65, 0.75, 0.85, 1.00]),
}


def zone(exceptions: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return 0 for green, 1 for amber, 2 for red.

    Amber starts where the probability of so many or fewer exceptions reaches 95 %, red where it reaches 99.99 %: in
    250 days at 5 and at 10. No exception is green however few the days.

    Parameters
    ----------
    exceptions, days
        Counts of the same shape: exceptions of 99 % value at risk among the days of the window.

    References
    ----------
    Basel Committee (1996), Supervisory framework for the use of "backtesting" in conjunction with the internal models
    approach to market risk capital requirements, section III; now MAR32 and MAR99.
    """
    return light(cumulative(exceptions, days), exceptions)


def light(probability: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Return 0 for green, 1 for amber, 2 for red from the probability of so many events or fewer, shape (...)."""
    probability = np.asarray(probability)
    amber_or_red = (probability >= AMBER_FROM).astype(int) + (probability >= RED_FROM)
    return np.where(np.asarray(events) > 0, amber_or_red, 0)


def add_on(exceptions: np.ndarray, days: np.ndarray, *, framework: str) -> np.ndarray:
    """Return what the exceptions add to the capital multiplier.

    The tables are for 250 days. A window of another length is read at the count of 250 days that is at least as
    improbable and lies in the same zone.

    Parameters
    ----------
    exceptions, days
        As in `zone`.
    framework
        A key of `ADD_ONS`.

    Raises
    ------
    ValueError
        If the framework has no table.
    """
    if framework not in ADD_ONS:
        raise ValueError(f"framework must be one of {sorted(ADD_ONS)}, not {framework!r}")
    table = ADD_ONS[framework]
    reached = cumulative(np.arange(table.size), WINDOW)
    equivalent = np.searchsorted(reached, cumulative(exceptions, days))
    lights = zone(exceptions, days)
    lowest = np.array([0, FIRST_AMBER, FIRST_RED])[lights]
    highest = np.array([FIRST_AMBER - 1, FIRST_RED - 1, FIRST_RED])[lights]
    return table[np.clip(equivalent, lowest, highest)]


def traffic_light_table() -> pd.DataFrame:
    """Return the zone and both add-ons of every window of 1 to 250 days, for SQL to look up.

    Returns
    -------
    pandas.DataFrame
        window_days, exceptions, zone (a word), add_on_mar32_9, add_on_1996 and model_risk_buffer, the MAR32.9
        multiplier with its add-on over the one without. exceptions run to 10, or to the days of a shorter window; 10 or
        more are red in every window.
    """
    days, exceptions = (grid.ravel() for grid in np.mgrid[1 : WINDOW + 1, 0 : FIRST_RED + 1])
    days, exceptions = days[exceptions <= days], exceptions[exceptions <= days]
    mar32_9 = add_on(exceptions, days, framework="mar32_9")
    return pd.DataFrame(
        {
            "window_days": days,
            "exceptions": exceptions,
            "zone": ZONES[zone(exceptions, days)],
            "add_on_mar32_9": mar32_9,
            "add_on_1996": add_on(exceptions, days, framework="basel_1996"),
            "model_risk_buffer": (BASE_MULTIPLIER + mar32_9) / BASE_MULTIPLIER,
        }
    )


def cumulative(exceptions: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return the probability of so many exceptions or fewer."""
    return bdtr(np.asarray(exceptions, np.int64), np.asarray(days, np.int64), TAIL)
