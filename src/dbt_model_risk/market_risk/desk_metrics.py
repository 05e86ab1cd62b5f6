"""The desk-level backtest, and portfolios that stopped delivering, as rows of metrics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dbt_model_risk.market_risk.backtests import ACTUAL, KEYS, VERSION, counts_of_portfolios, metric
from dbt_model_risk.market_risk.day_counts import spans
from dbt_model_risk.market_risk.desk_test import desk_exceptions, desk_ratio
from dbt_model_risk.market_risk.exceptions import count_within
from dbt_model_risk.market_risk.traffic_light import WINDOW
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["desk_metrics"]


def desk_metrics(days: pd.DataFrame, periods: pd.DataFrame, excusals: pd.DataFrame, *, as_of_date: str) -> pd.DataFrame:
    """Return the desk-level backtest of each portfolio and period, and the days that each portfolio is missing.

    The calendar of a model version is every day that any portfolio has a row for. A portfolio is expected on each
    day of it from its own first one: where it has no row, its figures are missing.

    Parameters
    ----------
    days, periods, as_of_date
        As in `backtest_metrics`. Where a portfolio never logs var_975, its desk is judged at 99 % alone.
    excusals
        ``model_id``, ``portfolio_id`` and ``risk_date`` of figures whose absence is excused, as known on that day.

    Returns
    -------
    pandas.DataFrame
        Columns of `metric_frame`; segment_key is ``portfolio``. desk_exceptions_990, desk_exceptions_975,
        desk_missing_days and desk_exception_ratio are over the last 250 days of the calendar up to the period's end,
        per profit and loss; a null variable is the worse of both ratios. missing_desk_days has period_grain as_of: the
        days of the calendar since a portfolio last delivered profit and loss and value at risk.

    Raises
    ------
    ValueError
        If a day occurs twice.
    """
    judged = list(judgements(days, periods, excusals))
    if not judged:
        return metric_frame(pd.DataFrame())
    rows = pd.concat([*judged, missing_desks(days, periods, as_of_date)], ignore_index=True)
    return metric_frame(rows.assign(known_date=pd.Timestamp(as_of_date)))


def judgements(days: pd.DataFrame, periods: pd.DataFrame, excusals: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield each metric of the desk test."""
    calendars = calendars_of(days)
    excused = {key: set(rows) for key, rows in excusals.groupby(["model_id", "portfolio_id"])["risk_date"]}

    def count(series: pd.DataFrame, periods: pd.DataFrame, *, pnl: str) -> dict[str, np.ndarray]:
        version = tuple(series[VERSION].iloc[0])
        return count_desk(series, periods, calendars[version], excused, pnl=pnl)

    counted = list(counts_of_portfolios(days, periods, count))
    if not counted:
        return
    counts = pd.concat(counted, ignore_index=True)
    ratio = counts.assign(ratio=desk_ratio(counts["exceptions_990"], counts["exceptions_975"]))
    options = {"size": counts["days"], "caveat": np.where(counts["days"] != WINDOW, "window_not_250", None)}
    for level in ("990", "975"):
        found = counts[f"exceptions_{level}"]
        withheld = np.where(found.isna(), "no_var_levels", None)
        yield metric(
            *(counts, f"desk_exceptions_{level}", found, f"desk_mar32_{level}"),
            events=found,
            withheld=withheld,
            **options,
        )
    missing = counts["missing"]
    yield metric(counts, "desk_missing_days", missing, "desk_mar32_unexcused", events=missing, **options)
    name, convention = "desk_exception_ratio", "desk_mar32_12_at_99_30_at_975"
    of_both = metric(counts, name, ratio["ratio"], convention, events=counts["exceptions_990"], **options)
    yield of_both
    ordered = of_both.sort_values("value", ascending=False, kind="stable", na_position="last")
    series = [key for key in KEYS if key != "variable"]
    yield ordered.drop_duplicates(series).sort_index().assign(variable=None)


def calendars_of(days: pd.DataFrame) -> dict[tuple, np.ndarray]:
    """Return the days of each model version's log in order."""
    dated = days.astype({"risk_date": "datetime64[us]"})
    return {version: np.unique(rows.to_numpy()) for version, rows in dated.groupby(VERSION)["risk_date"]}


def count_desk(
    series: pd.DataFrame, periods: pd.DataFrame, calendar: np.ndarray, excused: dict, *, pnl: str
) -> dict[str, np.ndarray]:
    """Return the counts of one portfolio and model version over its part of the calendar, one per period."""
    dates = calendar[calendar >= series["risk_date"].min().to_datetime64()]
    expected = series.set_index("risk_date").reindex(dates)
    days_excused = excused.get(tuple(series[["model_id", "portfolio_id"]].iloc[0]), set())
    is_excused = pd.Index(dates).isin(pd.to_datetime(list(days_excused)))
    first, stop = spans(dates, *periods[["period_start", "period_end"]].to_numpy().T)
    first = np.where(stop > first, np.maximum(stop - WINDOW, 0), stop)
    gain = expected[pnl].to_numpy(float)
    levels = [level for level in ("990", "975") if level == "990" or series["var_975"].notna().any()]
    found = {"days": stop - first, "exceptions_975": np.full(len(periods), np.nan)}
    for level in levels:
        flags = desk_exceptions(gain, expected[f"var_{level}"].to_numpy(float), is_excused)
        found[f"exceptions_{level}"] = count_within(flags, first, stop)
    has_figures = expected[[pnl, *(f"var_{level}" for level in levels)]].notna().all(axis=1).to_numpy()
    return found | {"missing": count_within(~has_figures & ~is_excused, first, stop)}


def missing_desks(days: pd.DataFrame, periods: pd.DataFrame, as_of_date: str) -> pd.DataFrame:
    """Return, per portfolio, the days of the calendar since it last delivered."""
    judged = set(map(tuple, periods.loc[periods["problem_type"] == "market_risk", VERSION].to_numpy()))
    usable = days.astype({"risk_date": "datetime64[us]"})
    usable = usable.assign(delivered=usable["risk_date"].where(usable["var_990"].notna() & usable[ACTUAL].notna()))
    last = usable.groupby([*VERSION, "portfolio_id"])["delivered"].max()
    calendars = calendars_of(days)
    rows = [
        {
            **dict(zip([*VERSION, "segment_value"], key, strict=True)),
            "value": np.count_nonzero(calendars[key[:2]] > day) if pd.notna(day) else len(calendars[key[:2]]),
            "sample_size": len(calendars[key[:2]]),
        }
        for key, day in last.items()
        if key[:2] in judged
    ]
    day = pd.Timestamp(as_of_date)
    names = {"segment_key": "portfolio", "metric": "missing_desk_days", "convention_id": "days_of_the_logs_calendar"}
    return pd.DataFrame(rows).assign(**names, period_grain="as_of", period_start=day, period_end=day)
