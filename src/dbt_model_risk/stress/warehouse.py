"""Stress P&L from the tables of the warehouse."""

from __future__ import annotations

import pandas as pd

from dbt_model_risk.stress.known import known_register
from dbt_model_risk.stress.stress_pnl import stress_pnl

__all__ = ["stress_tables"]


def stress_tables(
    *,
    sensitivities: pd.DataFrame,
    positions: pd.DataFrame,
    scenario_values: pd.DataFrame,
    factor_values: pd.DataFrame,
    shocks: pd.DataFrame,
    scenarios: pd.DataFrame,
    factors: pd.DataFrame,
    proxies: pd.DataFrame,
    as_of_date: str,
    top: int | str = 10,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `stress_pnl` of books and shocks, with the registers as known on the as-of date.

    Parameters
    ----------
    sensitivities, positions, scenario_values, factor_values, shocks
        As `stress_pnl` takes them.
    scenarios, factors, proxies
        Registers with every row ever recorded.
    as_of_date
        ISO 8601.
    top
        Positions kept per portfolio and scenario.
    """
    return stress_pnl(
        sensitivities,
        shocks,
        known_register(scenarios, ["scenario_id", "scenario_version"], as_of_date=as_of_date),
        known_register(factors, ["factor_id"], as_of_date=as_of_date),
        known_register(proxies, ["sandbox_id", "factor_id"], as_of_date=as_of_date),
        factor_values=factor_values,
        scenario_values=scenario_values,
        positions=positions,
        top=int(top),
    )
