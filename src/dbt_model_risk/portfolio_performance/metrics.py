"""Performance of each portfolio with a mandate as rows of metrics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dbt_model_risk.metric_frame import metric_frame
from dbt_model_risk.portfolio_performance.measures import (
    DAYS_OF_YEAR,
    beta,
    information_ratio,
    max_drawdown,
    sharpe_ratio,
    tracking_error,
)

__all__ = ["performance_metrics"]

BOOK = ["model_id", "model_version", "portfolio_id"]
MINIMUM_DAYS = 60
ALONE = {"sharpe_ratio": sharpe_ratio, "max_drawdown": max_drawdown}
AGAINST = {"tracking_error": tracking_error, "information_ratio": information_ratio, "beta": beta}
CONVENTIONS = {
    "sharpe_ratio": "daily_no_risk_free_sqrt_252",
    "max_drawdown": "compounded_from_start",
    "tracking_error": "daily_n_minus_1_sqrt_252",
    "information_ratio": "daily_difference_sqrt_252",
    "beta": "daily_covariance_over_variance",
}


def performance_metrics(returns: pd.DataFrame, *, as_of_date: str) -> pd.DataFrame:
    """Return the performance of each portfolio over its last `DAYS_OF_YEAR` days.

    Parameters
    ----------
    returns
        One row per model_id, model_version, portfolio_id and risk_date: portfolio_return and benchmark_return, null
        where unknown. The order of rows does not matter.
    as_of_date
        ISO 8601.

    Returns
    -------
    pandas.DataFrame
        Columns of `metric_frame`, segment_key ``portfolio``. Days without the portfolio's return are left out, and of
        what compares those without the benchmark's too. Null with ``small_sample`` under `MINIMUM_DAYS`,
        ``no_benchmark`` or ``constant_returns``.
    """
    rows = [row for _, book in returns.sort_values([*BOOK, "risk_date"]).groupby(BOOK) for row in rows_of_book(book)]
    if not rows:
        return metric_frame(pd.DataFrame())
    day = pd.Timestamp(as_of_date)
    return metric_frame(
        pd.DataFrame(rows).assign(
            segment_key="portfolio", period_grain="as_of", period_start=day, period_end=day, known_date=day
        )
    )


def rows_of_book(book: pd.DataFrame) -> Iterator[dict]:
    """Yield the rows of one portfolio."""
    key = {name: book[name].iloc[0] for name in ("model_id", "model_version")}
    key["segment_value"] = book["portfolio_id"].iloc[0]
    year = book[book["portfolio_return"].notna()].tail(DAYS_OF_YEAR)
    both = year[year["benchmark_return"].notna()]
    own = year["portfolio_return"].to_numpy(float)
    compared = both["portfolio_return"].to_numpy(float), both["benchmark_return"].to_numpy(float)
    has_benchmark = book["benchmark_return"].notna().any()
    for metric, measure in ALONE.items():
        yield {**key, **figure(metric, measure, (own,))}
    for metric, measure in AGAINST.items():
        yield {**key, **figure(metric, measure, compared, missing=None if has_benchmark else "no_benchmark")}


def figure(metric: str, measure, series: tuple[np.ndarray, ...], *, missing: str | None = None) -> dict:
    """Return one measure, or why there is none."""
    days = series[0].size
    reason = missing or ("small_sample" if days < MINIMUM_DAYS else None)
    value = np.nan if reason else measure(*series)
    return {
        "metric": metric,
        "value": value,
        "sample_size": days,
        "status_reason": reason or (None if np.isfinite(value) else "constant_returns"),
        "convention_id": CONVENTIONS[metric],
    }
