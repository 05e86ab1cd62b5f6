"""What the backtests need of a portfolio's days, summed per period: the only step that sees days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dbt_model_risk.market_risk.duration_test import duration_test
from dbt_model_risk.market_risk.exceptions import count_within, is_exception, longest_run, transition_counts
from dbt_model_risk.market_risk.scores import pinball_losses
from dbt_model_risk.market_risk.traffic_light import TAIL, WINDOW

__all__ = ["count_days", "spans"]


def count_days(series: pd.DataFrame, periods: pd.DataFrame, *, pnl: str) -> dict[str, np.ndarray]:
    """Return counts and means of one portfolio and model version, one of each per period.

    A day is usable where profit and loss and 99 % value at risk are both numbers. Other days are removed before days
    are paired, so that their neighbours become consecutive, and counted in ``null_days``.

    Parameters
    ----------
    series
        One row per day, in order of ``risk_date``: ``var_990``, ``var_975`` and profit and loss in the same currency.
    periods
        ``period_start`` and ``period_end``, both inclusive.
    pnl
        The column of profit and loss that is judged.

    Returns
    -------
    dict of numpy.ndarray
        By name, each as long as ``periods``. ``window_*`` refer to the last 250 usable days up to the end of the
        period, which may begin before it; both are 0 where the period has no usable day.
    """
    dates, bounds = series["risk_date"].to_numpy(), periods[["period_start", "period_end"]].to_numpy().T
    gain, var_990, var_975 = (series[name].to_numpy(float) for name in (pnl, "var_990", "var_975"))
    usable = np.isfinite(gain) & np.isfinite(var_990)
    usable_975 = np.isfinite(gain) & np.isfinite(var_975)
    has_var = np.isfinite(var_990)

    first, stop = spans(dates[usable], *bounds)
    window_first = np.where(stop > first, np.maximum(stop - WINDOW, 0), stop)
    exceptions = is_exception(gain[usable], var_990[usable])
    exceptions_975 = is_exception(gain[usable_975], var_975[usable_975])
    losses = pinball_losses(gain[usable], var_990[usable], tail=TAIL)
    n00, n01, n10, n11 = transition_counts(exceptions, first, stop)
    durations = np.array([duration_test(exceptions[a:b]) for a, b in zip(first, stop, strict=True)]).reshape(-1, 3)
    span_975, span_var, span_logged = (spans(dates[kept], *bounds) for kept in (usable_975, has_var, slice(None)))
    return {
        "days": stop - first,
        "logged_days": span_logged[1] - span_logged[0],
        "null_days": span_logged[1] - span_logged[0] - (stop - first),
        "exceptions": count_within(exceptions, first, stop),
        "n00": n00,
        "n01": n01,
        "n10": n10,
        "n11": n11,
        "longest_run": np.array([longest_run(exceptions[a:b]) for a, b in zip(first, stop, strict=True)]),
        "duration_lr": durations[:, 0],
        "duration_p": durations[:, 1],
        "weibull_shape": durations[:, 2],
        "pinball_loss": means(losses, first, stop),
        "window_days": stop - window_first,
        "window_exceptions": count_within(exceptions, window_first, stop),
        "days_975": span_975[1] - span_975[0],
        "exceptions_975": count_within(exceptions_975, *span_975),
        "days_var": span_var[1] - span_var[0],
        "mean_var": means(var_990[has_var], *span_var),
    }


def spans(dates: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the position of each period's first day, and of the day after its last."""
    return np.searchsorted(dates, starts, side="left"), np.searchsorted(dates, ends, side="right")


def means(values: np.ndarray, first: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Return the mean of each span, null where it is empty."""
    return np.array([values[a:b].mean() if b > a else np.nan for a, b in zip(first, stop, strict=True)], float)
