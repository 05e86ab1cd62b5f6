"""P&L attribution as rows of metrics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dbt_model_risk.market_risk.attribution import ks_distance, ks_p_value, pla_zone, spearman
from dbt_model_risk.market_risk.backtests import HYPOTHETICAL, counts_of_portfolios, metric
from dbt_model_risk.market_risk.day_counts import spans
from dbt_model_risk.market_risk.traffic_light import WINDOW
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["MINIMUM_DAYS", "attribution_metrics"]

THEORETICAL = "pnl_risk_theoretical"
MINIMUM_DAYS = 60
ZONES = "pla_mar32_green_above_080_below_009_red_below_070_above_012"


def attribution_metrics(days: pd.DataFrame, periods: pd.DataFrame, *, as_of_date: str) -> pd.DataFrame:
    """Return P&L attribution of each portfolio and period as metric rows, where the log has both P&Ls.

    Parameters
    ----------
    days
        One row per model_id, model_version, portfolio_id and risk_date as known on the as-of date, with
        pnl_hypothetical and pnl_risk_theoretical; null where unknown.
    periods, as_of_date
        As in `backtest_metrics`.

    Returns
    -------
    pandas.DataFrame
        Columns of `metric_frame`. pla_spearman, pla_ks and pla_zone (0 green, 1 amber, 2 red) are over the days of the
        period, ``*_250`` over the last 250 days up to its end; null with small_sample below 60 days, with the caveat
        window_not_250 on any other number than 250. segment_key is ``portfolio``, variable null.

    Raises
    ------
    ValueError
        If a day occurs twice.
    """
    counted = [
        counts
        for counts in counts_of_portfolios(days, periods, count)
        if counts["variable"].iloc[0] == HYPOTHETICAL and counts["is_logged"].iloc[0]
    ]
    if not counted:
        return metric_frame(pd.DataFrame())
    rows = pd.concat(judgements(pd.concat(counted, ignore_index=True).assign(variable=None)), ignore_index=True)
    return metric_frame(rows.assign(known_date=pd.Timestamp(as_of_date)))


def count(series: pd.DataFrame, periods: pd.DataFrame, *, pnl: str) -> dict[str, np.ndarray]:
    """Return the figures of one portfolio and model version, one of each per period."""
    if pnl != HYPOTHETICAL:
        return {}
    dates, bounds = series["risk_date"].to_numpy(), periods[["period_start", "period_end"]].to_numpy().T
    hypothetical, theoretical = (series[name].to_numpy(float) for name in (HYPOTHETICAL, THEORETICAL))
    usable = np.isfinite(hypothetical) & np.isfinite(theoretical)
    pair = np.stack([hypothetical[usable], theoretical[usable]])
    first, stop = spans(dates[usable], *bounds)
    window_first = np.where(stop > first, np.maximum(stop - WINDOW, 0), stop)
    found = {"is_logged": np.full(len(periods), np.isfinite(theoretical).any())}
    for suffix, starts in [("", first), ("_250", window_first)]:
        figures = np.array([figures_of(pair[:, a:b]) for a, b in zip(starts, stop, strict=True)]).reshape(-1, 2)
        found |= {f"days{suffix}": stop - starts, f"rho{suffix}": figures[:, 0], f"ks{suffix}": figures[:, 1]}
    return found


def figures_of(pair: np.ndarray) -> tuple[float, float]:
    """Return correlation and distance of both rows, NaN below the smallest sample."""
    return (spearman(*pair), ks_distance(*pair)) if pair.shape[1] >= MINIMUM_DAYS else (np.nan, np.nan)


def judgements(counts: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield each metric for all rows of counts."""
    for suffix in ("", "_250"):
        days, rho, ks = (counts[f"{name}{suffix}"] for name in ("days", "rho", "ks"))
        too_few = np.where(days < MINIMUM_DAYS, "small_sample", None)
        undefined = np.where(pd.isna(too_few) & rho.isna(), "constant_pnl", too_few)
        options = {"size": days, "caveat": np.where(days != WINDOW, "window_not_250", None)}
        p = ks_p_value(ks.to_numpy(), days.clip(lower=1).to_numpy(), days.clip(lower=1).to_numpy())
        zones = pla_zone(rho.to_numpy(float), ks.to_numpy(float))
        yield metric(counts, f"pla_spearman{suffix}", rho, "spearman_average_ranks", withheld=undefined, **options)
        yield metric(counts, f"pla_ks{suffix}", ks, "ks_unpaired_asymptotic", p_value=p, withheld=too_few, **options)
        yield metric(counts, f"pla_zone{suffix}", zones, ZONES, withheld=undefined, **options)
