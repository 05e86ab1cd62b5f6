"""Every test of expected shortfall as rows of metrics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dbt_model_risk.market_risk.backtests import KEYS, counts_of_portfolios, metric
from dbt_model_risk.market_risk.day_counts import spans
from dbt_model_risk.market_risk.shortfall_null import (
    DISTRIBUTIONS,
    critical_value,
    p_value,
    simulated_z1,
    simulated_z2,
)
from dbt_model_risk.market_risk.shortfall_tests import LEVELS, acerbi_szekely, multinomial_test, nass_correction
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["shortfall_metrics"]

TAIL = 0.025
CRITICAL_LEVEL = 0.05
LEVEL_COLUMNS = ["var_975", "var_98125", "var_98750", "var_99375"]
CELLS = np.diff([0.0, *LEVELS, 1.0])


def shortfall_metrics(days: pd.DataFrame, periods: pd.DataFrame, *, as_of_date: str) -> pd.DataFrame:
    """Return the tests of expected shortfall of each portfolio and period as metric rows.

    Parameters
    ----------
    days
        One row per model_id, model_version, portfolio_id and risk_date as known on the as-of date, with es_975,
        var_975, pnl_actual and pnl_hypothetical; null where unknown. The levels var_98125, var_98750 and var_99375
        may be missing: then there is no multinomial test.
    periods, as_of_date
        As in `backtest_metrics`.

    Returns
    -------
    pandas.DataFrame
        Columns of `metric_frame`. segment_key is ``portfolio``, variable the profit and loss judged; null for the lower
        of both p-values of Z2. The p_value of
        acerbi_szekely_z1 and _z2 is for normal profit and loss; ``*_p_normal`` and ``*_p_t3`` are p-values as figures,
        ``acerbi_szekely_z2_critical_*`` the value that Z2 falls below in 5 % of right models.

    Raises
    ------
    ValueError
        If a day occurs twice.
    """
    counted = list(counts_of_portfolios(days.reindex(columns=days.columns.union(LEVEL_COLUMNS)), periods, count))
    if not counted:
        return metric_frame(pd.DataFrame())
    judged = list(judgements(pd.concat(counted, ignore_index=True)))
    rows = pd.concat([*judged, *lower_of_both(judged)], ignore_index=True)
    return metric_frame(rows.assign(known_date=pd.Timestamp(as_of_date)))


def count(series: pd.DataFrame, periods: pd.DataFrame, *, pnl: str) -> dict[str, np.ndarray]:
    """Return the statistics of one portfolio and model version, one of each per period.

    A day is usable where profit and loss and both forecasts are numbers and expected shortfall is positive.
    """
    dates, bounds = series["risk_date"].to_numpy(), periods[["period_start", "period_end"]].to_numpy().T
    gain, var, shortfall = (series[name].to_numpy(float) for name in (pnl, "var_975", "es_975"))
    usable = np.isfinite(gain) & np.isfinite(var) & (shortfall > 0) & np.isfinite(shortfall)
    levels = series[LEVEL_COLUMNS].to_numpy(float)
    in_levels = np.isfinite(gain) & np.isfinite(levels).all(axis=1)
    cell = (-gain[:, np.newaxis] > levels).sum(axis=1)

    first, stop = spans(dates[usable], *bounds)
    judged = [
        shortfall_of(gain[usable], var[usable], shortfall[usable], a, b) for a, b in zip(first, stop, strict=True)
    ]
    of_levels = [multinomial_of(cell[in_levels][a:b]) for a, b in zip(*spans(dates[in_levels], *bounds), strict=True)]
    columns = pd.DataFrame([one | other for one, other in zip(judged, of_levels, strict=True)])
    return {name: columns[name].to_numpy() for name in columns}


def shortfall_of(gain: np.ndarray, var: np.ndarray, shortfall: np.ndarray, first: int, stop: int) -> dict:
    """Return both statistics of the days of one span with their p-values under each distribution."""
    days = stop - first
    names = [f"{test}_p_{name}" for test in ("z1", "z2") for name in DISTRIBUTIONS]
    found = dict.fromkeys(["z1", "z2", *names, *(f"z2_critical_{name}" for name in DISTRIBUTIONS)], np.nan)
    if not days:
        return found | {"days": 0, "exceptions": 0}
    test = acerbi_szekely(*(x[first:stop] for x in (gain, var, shortfall)), tail=TAIL)
    for name in DISTRIBUTIONS:
        null = simulated_z2(name, int(days), TAIL)
        found[f"z2_p_{name}"] = p_value(test.z2, null)
        found[f"z2_critical_{name}"] = critical_value(null, level=CRITICAL_LEVEL)
        if test.exceptions:
            found[f"z1_p_{name}"] = p_value(test.z1, simulated_z1(name, test.exceptions, TAIL))
    return found | {"z1": test.z1, "z2": test.z2, "days": days, "exceptions": test.exceptions}


def multinomial_of(cell: np.ndarray) -> dict:
    """Return the multinomial test of the days of one span, plain and corrected."""
    if not cell.size:
        return dict.fromkeys(["pearson", "pearson_p", "nass", "nass_p"], np.nan) | {"level_days": 0, "beyond": 0}
    statistic, p = multinomial_test(np.bincount(cell, minlength=CELLS.size), CELLS)
    nass, nass_p = nass_correction(statistic, cell.size, CELLS)
    found = {"pearson": statistic, "pearson_p": p, "nass": nass, "nass_p": nass_p}
    return found | {"level_days": cell.size, "beyond": np.count_nonzero(cell)}


def judgements(counts: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield each metric for all rows of counts."""
    on_days = {"size": counts["days"], "events": counts["exceptions"]}
    none = np.where(counts["exceptions"] == 0, "no_exceptions", None)
    for test, withheld in [("z1", none), ("z2", None)]:
        convention = f"acerbi_szekely_2014_{test}_975"
        name = f"acerbi_szekely_{test}"
        normal = counts[f"{test}_p_normal"]
        yield metric(counts, name, counts[test], convention, p_value=normal, withheld=withheld, **on_days)
        for distribution in DISTRIBUTIONS:
            p = counts[f"{test}_p_{distribution}"]
            of_null = f"{convention}_simulated_{distribution}"
            yield metric(counts, f"{name}_p_{distribution}", p, of_null, p_value=p, withheld=withheld, **on_days)
    for distribution in DISTRIBUTIONS:
        critical = counts[f"z2_critical_{distribution}"]
        convention = f"acerbi_szekely_2014_z2_975_simulated_{distribution}_5pct"
        yield metric(counts, f"acerbi_szekely_z2_critical_{distribution}", critical, convention, **on_days)
    has_levels = counts["level_days"] > 0
    on_levels = {
        "size": np.where(has_levels, counts["level_days"], counts["days"]),
        "events": counts["beyond"],
        "withheld": np.where(has_levels, None, "no_var_levels"),
    }
    for name, convention in [("pearson", "multinomial_4_levels_chi2_4"), ("nass", "multinomial_4_levels_nass")]:
        yield metric(
            counts, f"es_multinomial_{name}", counts[name], convention, p_value=counts[f"{name}_p"], **on_levels
        )


def lower_of_both(judged: list[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Yield the p-values of Z2 of the profit and loss that is worse; of equals, the actual one."""
    series = [key for key in KEYS if key != "variable"]
    for rows in judged:
        if rows["metric"].iloc[0].startswith("acerbi_szekely_z2_p_"):
            ordered = rows.sort_values("value", kind="stable", na_position="last")
            yield ordered.drop_duplicates(series).sort_index().assign(variable=None)
