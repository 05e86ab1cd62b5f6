"""What the backtests need of a portfolio's days, summed per period: the only step that sees days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dbt_model_risk.market_risk.exceptions import count_within, is_exception, longest_run, transition_counts
from dbt_model_risk.market_risk.scores import pinball_losses
from dbt_model_risk.market_risk.traffic_light import TAIL, WINDOW

__all__ = ["count_days"]


def count_days(series: pd.DataFrame, periods: pd.DataFrame, *, pnl: str) -> pd.DataFrame:
    """Return one row of counts and means per period.

    A day is usable where profit and loss and 99 % value at risk are both numbers. Other days are removed before days
    are paired, so that their neighbours become consecutive, and counted in ``null_days``.

    Parameters
    ----------
    series
        One row per day of one portfolio and model version, in order of ``risk_date``: ``var_990``, ``var_975`` and
        profit and loss.
    periods
        ``period_start`` and ``period_end``, both inclusive.
    pnl
        The column of profit and loss that is judged.

    Returns
    -------
    pandas.DataFrame
        The index of ``periods``. ``window_*`` refer to the last 250 usable days up to the end of the period, which may
        begin before it; both are 0 where the period has no usable day.
    """
    usable = series[np.isfinite(series[pnl]) & np.isfinite(series["var_990"])]
    wide = series[np.isfinite(series[pnl]) & np.isfinite(series["var_975"])]
    limited = series[np.isfinite(series["var_990"])]

    first, stop = spans(usable, periods)
    exceptions = is_exception(usable[pnl], usable["var_990"])
    n00, n01, n10, n11 = transition_counts(exceptions, first, stop)
    window_first = np.where(stop > first, np.maximum(stop - WINDOW, 0), stop)
    wide_first, wide_stop = spans(wide, periods)
    limited_first, limited_stop = spans(limited, periods)
    logged_first, logged_stop = spans(series, periods)
    return pd.DataFrame(
        {
            "days": stop - first,
            "logged_days": logged_stop - logged_first,
            "null_days": logged_stop - logged_first - (stop - first),
            "exceptions": count_within(exceptions, first, stop),
            "n00": n00,
            "n01": n01,
            "n10": n10,
            "n11": n11,
            "longest_run": [longest_run(exceptions[a:b]) for a, b in zip(first, stop, strict=True)],
            "pinball_loss": means(pinball_losses(usable[pnl], usable["var_990"], tail=TAIL), first, stop),
            "window_days": stop - window_first,
            "window_exceptions": count_within(exceptions, window_first, stop),
            "days_975": wide_stop - wide_first,
            "exceptions_975": count_within(is_exception(wide[pnl], wide["var_975"]), wide_first, wide_stop),
            "days_var": limited_stop - limited_first,
            "mean_var": means(limited["var_990"], limited_first, limited_stop),
        },
        index=periods.index,
    )


def spans(days: pd.DataFrame, periods: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the position of each period's first day, and of the day after its last."""
    dates = days["risk_date"].to_numpy()
    first = np.searchsorted(dates, periods["period_start"].to_numpy(), side="left")
    return first, np.searchsorted(dates, periods["period_end"].to_numpy(), side="right")


def means(values: np.ndarray, first: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Return the mean of each span, null where it is empty."""
    values = np.asarray(values)
    return np.array([values[a:b].mean() if b > a else np.nan for a, b in zip(first, stop, strict=True)], float)
