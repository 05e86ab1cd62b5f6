"""How uncertain a model makes the risk and the value of each portfolio, as rows of metrics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dbt_model_risk.market_risk.exceptions import is_exception
from dbt_model_risk.market_risk.traffic_light import WINDOW, add_on
from dbt_model_risk.metric_frame import metric_frame
from dbt_model_risk.model_uncertainty.bootstrap import parameter_interval
from dbt_model_risk.model_uncertainty.dispersion import dispersion, model_risk_add_on
from dbt_model_risk.model_uncertainty.prudent_valuation import model_risk_adjustment
from dbt_model_risk.value_at_risk.estimates import BOOK, books, forecast_window, pnl_history
from dbt_model_risk.value_at_risk.estimators import MINIMUM_DAYS, PLAUSIBLE, TAIL_975, TAIL_990
from dbt_model_risk.value_at_risk.historical import expected_shortfall, value_at_risk

__all__ = ["uncertainty_metrics"]

FIGURES = {
    "var_990": lambda pnl: value_at_risk(pnl, tail=TAIL_990),
    "es_975": lambda pnl: expected_shortfall(pnl, tail=TAIL_975),
}
FRAMEWORK = "mar32_9"


def uncertainty_metrics(
    days: pd.DataFrame, estimates: pd.DataFrame, valuations: pd.DataFrame, *, as_of_date: str
) -> pd.DataFrame:
    """Return the figures of each portfolio's champions at its last day as metric rows of the as-of date.

    Parameters
    ----------
    days
        As in `estimates_of_books`, with var_990, es_975, pnl_actual and is_champion, of every logged version.
    estimates
        The estimators' figures: sandbox_id, portfolio_id, risk_date, estimator, var_990, es_975.
    valuations
        One row per portfolio, instrument and valuation_model, with the lead's sandbox_id, model_id and model_version,
        valuation, fair_value and side (long or short).
    as_of_date
        ISO 8601.

    Returns
    -------
    pandas.DataFrame
        Columns of `metric_frame`, segment_key ``portfolio``. Of variable var_990 and es_975: model_dispersion,
        model_risk_ratio, parameter_uncertainty (the historical figure between the ends of its 90 % interval) and
        model_risk_add_on. Without a variable: backtest_add_on, and where the portfolio logs valuations, ava_method1
        and ava_method2. Amounts are in the currency of the log.
    """
    rows = [
        row
        for key, champion in books(days, flag="is_champion")
        for row in figures_of_book(key, champion, days, estimates)
    ]
    rows.extend(adjustments(valuations))
    if not rows:
        return metric_frame(pd.DataFrame())
    frame = pd.DataFrame(rows).rename(columns={"portfolio_id": "segment_value"})
    day = pd.Timestamp(as_of_date)
    frame = frame.assign(
        segment_key="portfolio", period_grain="as_of", period_start=day, period_end=day, known_date=day
    )
    order = ["model_id", "model_version", "segment_value", "metric", "variable"]
    return metric_frame(frame).sort_values(order, ignore_index=True)


def figures_of_book(
    key: dict[str, str], series: pd.DataFrame, days: pd.DataFrame, estimates: pd.DataFrame
) -> Iterator[dict]:
    """Yield the rows of one portfolio that rest on P&L and value at risk."""
    last = series.iloc[-1]
    others = other_figures(key, last["risk_date"], days, estimates)
    window = forecast_window(*pnl_history(series), last["risk_date"])
    intervals = parameter_interval(window, FIGURES) if window.size >= MINIMUM_DAYS else {}
    for name, figure in FIGURES.items():
        champion, rivals = float(last[name]), others[name].to_numpy(float)
        spread = dispersion(champion, rivals)
        row = {**key, "variable": name, "sample_size": int(np.isfinite(rivals).sum() + np.isfinite(champion))}
        yield {
            **row,
            "metric": "model_dispersion",
            "value": spread.relative_range,
            "status_reason": spread.reason,
            "convention_id": "range_over_champion_plausible_6",
        }
        yield {
            **row,
            "metric": "model_risk_ratio",
            "value": spread.risk_ratio,
            "status_reason": spread.reason or (None if np.isfinite(spread.risk_ratio) else "figure_not_positive"),
            "convention_id": "max_over_min_plausible_6",
        }
        yield {
            **row,
            "metric": "model_risk_add_on",
            "value": model_risk_add_on(champion, rivals),
            "status_reason": spread.reason if spread.reason != "zero_champion" else None,
            "convention_id": "q90_type7_of_plausible_less_champion",
        }
        ends = intervals.get(name)
        yield {
            **row,
            "metric": "parameter_uncertainty",
            "value": figure(window) if ends else np.nan,
            "ci_low": ends.low if ends else np.nan,
            "ci_high": ends.high if ends else np.nan,
            "sample_size": window.size,
            "status_reason": None if ends else "small_sample",
            "convention_id": "stationary_bootstrap_5_95_historical",
        }
    yield {**key, "metric": "backtest_add_on", **backtest_add_on(series)}


def other_figures(key: dict[str, str], day: pd.Timestamp, days: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the figures for the same day and portfolio of every other logged version and plausible estimator."""

    def of_book(frame: pd.DataFrame) -> pd.Series:
        same_book = (frame["sandbox_id"] == key["sandbox_id"]) & (frame["portfolio_id"] == key["portfolio_id"])
        return same_book & (pd.to_datetime(frame["risk_date"]) == pd.Timestamp(day))

    is_itself = (days["model_id"] == key["model_id"]) & (days["model_version"] == key["model_version"])
    logged = days.loc[of_book(days) & ~is_itself, list(FIGURES)]
    estimated = estimates.loc[of_book(estimates) & estimates["estimator"].isin(PLAUSIBLE), list(FIGURES)]
    return pd.concat([logged, estimated], ignore_index=True).astype(float)


def backtest_add_on(series: pd.DataFrame) -> dict:
    """Return what the exceptions of the last 250 days add to the multiplier, times value at risk of the last day.

    The worse of actual and hypothetical P&L counts, as in the traffic light.
    """
    counts = []
    for pnl in ("pnl_actual", "pnl_hypothetical"):
        usable = series[series[pnl].notna() & series["var_990"].notna()].tail(WINDOW)
        exceptions = int(is_exception(usable[pnl].to_numpy(float), usable["var_990"].to_numpy(float)).sum())
        if len(usable):
            counts.append((float(add_on(np.array(exceptions), np.array(len(usable)), framework=FRAMEWORK)), usable))
    champion = float(series["var_990"].iloc[-1])
    convention = {"convention_id": f"traffic_light_addon_{FRAMEWORK}_times_var_990"}
    if not counts or not np.isfinite(champion):
        return {"value": np.nan, "sample_size": 0, "status_reason": "no_data", **convention}
    added, usable = max(counts, key=lambda count: count[0])
    reason = None if len(usable) == WINDOW else "window_not_250"
    return {"value": added * champion, "sample_size": len(usable), "status_reason": reason, **convention}


def adjustments(valuations: pd.DataFrame) -> Iterator[dict]:
    """Yield the prudent-valuation adjustment of each portfolio: the sum over the instruments that can be judged."""
    for key, portfolio in valuations.groupby(BOOK):
        row = dict(zip(BOOK, key, strict=True))
        judged, unknown = [], 0
        for _, rows in portfolio.groupby("instrument_id"):
            known = rows["valuation"].dropna().sort_values().to_numpy(float)
            fair_values = rows["fair_value"].dropna().unique()
            if known.size < 2 or fair_values.size != 1:
                unknown += 1
                continue
            judged.append(model_risk_adjustment(known, fair_value=float(fair_values[0]), side=rows["side"].iloc[0]))
        caveat = "instruments_not_quantified" if unknown else None
        for method in ("method1", "method2"):
            yield {
                **row,
                "metric": f"ava_{method}",
                "value": sum(getattr(result, method) for result in judged) if judged else np.nan,
                "sample_size": int(portfolio["valuation"].notna().sum()),
                "event_count": len(judged),
                "status_reason": caveat if judged else "single_model",
                "convention_id": f"regulation_2016_101_{method}_q10_type7",
            }
