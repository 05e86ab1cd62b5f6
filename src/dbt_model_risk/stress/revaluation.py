"""Full revaluation: what positions are worth in a scenario, told by a pricer instead of by sensitivities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

__all__ = ["VALUE_COLUMNS", "full_pnl", "revalue"]

VALUE_COLUMNS = ["risk_date", "portfolio_id", "instrument_id", "scenario_id", "step", "base_value", "scenario_value"]


def revalue(
    positions: pd.DataFrame, scenarios: pd.DataFrame, pricer: Callable[[pd.Series, pd.Series], float]
) -> pd.DataFrame:
    """Return scenario values of each position, as the log of full revaluations takes them.

    Parameters
    ----------
    positions
        One row per position: risk_date, portfolio_id, instrument_id and whatever the pricer needs.
    scenarios
        One row per scenario_id and step and one row for today (scenario_id null), with whatever the pricer needs.
    pricer
        Called with a position and a row of scenarios; returns the position's value, quantity included.

    Returns
    -------
    pandas.DataFrame
        risk_date, portfolio_id, instrument_id, scenario_id, step, base_value and scenario_value.

    Raises
    ------
    ValueError
        If today's row is missing or there is more than one.
    """
    today = scenarios[scenarios["scenario_id"].isna()]
    if len(today) != 1:
        raise ValueError(f"scenarios need one row of today (scenario_id null), not {len(today)}")
    shocked = scenarios[scenarios["scenario_id"].notna()]
    rows = []
    for _, position in positions.iterrows():
        base = float(pricer(position, today.iloc[0]))
        key = [position[name] for name in VALUE_COLUMNS[:3]]
        for _, scenario in shocked.iterrows():
            value = float(pricer(position, scenario))
            rows.append([*key, scenario["scenario_id"], scenario["step"], base, value])
    return pd.DataFrame(rows, columns=VALUE_COLUMNS)


def full_pnl(values: pd.DataFrame, rows: pd.DataFrame, steps: pd.DataFrame) -> np.ndarray:
    """Return the P&L of positions by full revaluation, N x S, null where none was delivered.

    Parameters
    ----------
    values
        portfolio_id, instrument_id, scenario_id, step, base_value, scenario_value; of every version of a scenario.
    rows
        The positions: portfolio_id, instrument_id.
    steps
        scenario_id, scenario_version, step.
    """
    out = np.full((len(rows), len(steps)), np.nan)
    gain = values["scenario_value"].astype(float) - values["base_value"].astype(float)
    values = values.assign(gain=gain)[["portfolio_id", "instrument_id", "scenario_id", "step", "gain"]]
    numbered = steps.reset_index(drop=True).reset_index(names="column")[["column", "scenario_id", "step"]]
    matched = values.merge(rows.reset_index(drop=True).reset_index(names="row"), on=["portfolio_id", "instrument_id"])
    matched = matched.merge(numbered, on=["scenario_id", "step"])
    out[matched["row"], matched["column"]] = matched["gain"]
    return out
