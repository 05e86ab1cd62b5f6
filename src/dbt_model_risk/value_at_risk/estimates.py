"""Challenger estimates of a day's value at risk from the P&L of the days before it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from dbt_model_risk.value_at_risk.estimators import CONVENTIONS, ESTIMATORS, TAIL_975, TAIL_990, WINDOW_DAYS, estimate
from dbt_model_risk.value_at_risk.order_statistics import quantile_interval

__all__ = ["estimate_table", "estimates_of_books", "forecast_window", "pnl_history"]

QUARTERS = 8
BOOK = ["sandbox_id", "model_id", "model_version", "portfolio_id"]
TEXT = [*BOOK, "estimator", "interval_method", "status_reason", "convention_id"]
DAYS = ["risk_date", "known_date"]
FIGURES = ["var_990", "var_975", "es_975"]
ENDS = ["var_990_low", "var_990_high", "var_975_low", "var_975_high"]
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in BOOK),
        ("risk_date", pa.date32()),
        ("estimator", pa.string()),
        *((name, pa.float64()) for name in [*FIGURES, *ENDS]),
        ("sample_size", pa.int64()),
        ("interval_method", pa.string()),
        ("status_reason", pa.string()),
        ("convention_id", pa.string()),
        ("known_date", pa.date32()),
    ]
)


def estimates_of_books(days: pd.DataFrame, *, as_of_date: str) -> pd.DataFrame:
    """Return every estimator of each portfolio's last day and of the ends of the `QUARTERS` quarters before.

    Parameters
    ----------
    days
        One row per version, portfolio and risk_date: sandbox_id, model_id, model_version, portfolio_id, risk_date,
        pnl_hypothetical (null where unknown), is_lead. P&L is that of the lead's log.
    as_of_date
        The known_date of every row, ISO 8601.

    Returns
    -------
    pandas.DataFrame
        Columns of `SCHEMA`: losses positive; the ends of a 90 % interval where the estimator has one. The figures of a
        day come from the `WINDOW_DAYS` known hypothetical P&Ls before it, never from its own.
    """
    rows = [row for book in books(days, flag="is_lead") for row in estimates_of_book(*book)]
    frame = pd.DataFrame(rows, columns=[name for name in SCHEMA.names if name != "known_date"])
    return frame.assign(known_date=pd.Timestamp(as_of_date))


def estimate_table(frame: pd.DataFrame) -> pa.Table:
    """Return the estimates as the warehouse takes them in; what is missing is null."""
    return pa.Table.from_pandas(frame, schema=SCHEMA, preserve_index=False)


def books(days: pd.DataFrame, *, flag: str) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """Yield the days of each portfolio and version that has the flag, in order of date."""
    flagged = days[days[flag].astype(bool)].sort_values([*BOOK, "risk_date"])
    for key, series in flagged.groupby(BOOK):
        yield dict(zip(BOOK, key, strict=True)), series


def estimates_of_book(key: dict[str, str], series: pd.DataFrame) -> Iterator[dict]:
    """Yield the rows of one portfolio."""
    dates, pnl = pnl_history(series)
    for day in judged_days(series["risk_date"]):
        window = forecast_window(dates, pnl, day)
        for name in ESTIMATORS:
            figures = estimate(name, window)
            yield {
                **key,
                "risk_date": day,
                "estimator": name,
                **{figure: getattr(figures, figure) for figure in FIGURES},
                **interval(name, window, is_known=figures.reason is None),
                "sample_size": window.size,
                "status_reason": figures.reason,
                "convention_id": CONVENTIONS[name],
            }


def interval(name: str, window: np.ndarray, *, is_known: bool) -> dict[str, float | str]:
    """Return the order-statistic interval of a historical quantile; other estimators have none."""
    if not is_known or not name.startswith("historical"):
        return {}
    low_990, high_990 = quantile_interval(window, tail=TAIL_990)
    low_975, high_975 = quantile_interval(window, tail=TAIL_975)
    ends = dict(zip(ENDS, [low_990, high_990, low_975, high_975], strict=True))
    return {**ends, "interval_method": "order_statistic_90"}


def pnl_history(series: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the days with a hypothetical P&L and that P&L, in order of date."""
    known = series[series["pnl_hypothetical"].notna()].sort_values("risk_date")
    return known["risk_date"].to_numpy("datetime64[D]"), known["pnl_hypothetical"].to_numpy(float)


def forecast_window(dates: np.ndarray, pnl: np.ndarray, day: pd.Timestamp) -> np.ndarray:
    """Return the last `WINDOW_DAYS` P&Ls before a day."""
    until = int(np.searchsorted(dates, np.datetime64(day, "D")))
    return pnl[max(until - WINDOW_DAYS, 0) : until]


def judged_days(dates: pd.Series) -> list[pd.Timestamp]:
    """Return the last logged day of each of the last quarters, the running one included."""
    dates = pd.Series(pd.to_datetime(dates.to_numpy()))
    return sorted(dates.groupby(dates.dt.to_period("Q")).max())[-QUARTERS - 1 :]
