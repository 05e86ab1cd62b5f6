"""Every backtest of value at risk as rows of metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from dbt_model_risk.market_risk.coverage_tests import (
    binomial_upper_tail,
    christoffersen_independence,
    conditional_coverage,
    kupiec_pof,
)
from dbt_model_risk.market_risk.day_counts import count_days
from dbt_model_risk.market_risk.duration_test import MINIMUM_EXCEPTIONS
from dbt_model_risk.market_risk.scores import wilson_interval
from dbt_model_risk.market_risk.traffic_light import TAIL, WINDOW, add_on, zone
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["backtest_metrics", "counts_of_portfolios", "metric", "refuse_repeated_days"]

VERSION = ["model_id", "model_version"]
PERIOD = ["period_grain", "period_start", "period_end"]
KEYS = [*VERSION, "segment_key", "segment_value", *PERIOD, "variable"]
DAY_KEY = [*VERSION, "portfolio_id", "risk_date"]
ACTUAL, HYPOTHETICAL = "pnl_actual", "pnl_hypothetical"
SIGNIFICANCE = 0.05


def backtest_metrics(days: pd.DataFrame, periods: pd.DataFrame, *, as_of_date: str) -> pd.DataFrame:
    """Return the backtests of each portfolio and period as metric rows.

    Parameters
    ----------
    days
        One row per model_id, model_version, portfolio_id and risk_date as known on the as-of date, with var_990,
        var_975, pnl_actual and pnl_hypothetical; null where unknown. The order of rows does not matter.
    periods
        One row per model version, period_grain and period; of any problem_type, judged where it is market_risk.
    as_of_date
        The day the answer is for, ISO 8601; the known_date of every row.

    Returns
    -------
    pandas.DataFrame
        Columns of `metric_frame`. segment_key is ``portfolio``. variable is the profit and loss judged: pnl_actual
        always, pnl_hypothetical where the portfolio ever logged one; null for mean_var_990, and for the
        ``traffic_light_*`` rows that hold the worse of both.

    Raises
    ------
    ValueError
        If a day occurs twice.
    """
    counted = list(counts_of_portfolios(days, periods, count_days))
    if not counted:
        return metric_frame(pd.DataFrame())
    judged = list(judgements(pd.concat(counted, ignore_index=True)))
    rows = pd.concat([*judged, *worse_of_both(judged)], ignore_index=True)
    return metric_frame(rows.assign(known_date=pd.Timestamp(as_of_date)))


def refuse_repeated_days(days: pd.DataFrame) -> None:
    """Raise ValueError if a day of a portfolio and model version occurs twice."""
    repeated = days[days.duplicated(DAY_KEY)]
    if not repeated.empty:
        raise ValueError(f"days must be unique, but occurs twice: {repeated[DAY_KEY].iloc[0].to_dict()}")


def counts_of_portfolios(days: pd.DataFrame, periods: pd.DataFrame, count: Callable) -> Iterator[pd.DataFrame]:
    """Yield the counts of each portfolio and version, once per profit and loss that it logs.

    Parameters
    ----------
    days, periods
        As in `backtest_metrics`.
    count
        Called with the days of one portfolio and version in order of risk_date, its periods, and the profit and loss
        as ``pnl``; gives arrays by name, each as long as the periods.

    Raises
    ------
    ValueError
        If a day occurs twice.
    """
    refuse_repeated_days(days)
    judged = periods[periods["problem_type"] == "market_risk"].sort_values([*VERSION, *PERIOD])
    judged = judged.astype({"period_start": "datetime64[us]", "period_end": "datetime64[us]"})
    periods_of = {version: rows[[*VERSION, *PERIOD]] for version, rows in judged.groupby(VERSION)}
    days = days.sort_values(DAY_KEY).astype({"risk_date": "datetime64[us]"})
    for (model_id, model_version, portfolio_id), series in days.groupby([*VERSION, "portfolio_id"]):
        spans = periods_of.get((model_id, model_version))
        if spans is None:
            continue
        keys = spans.assign(segment_key="portfolio", segment_value=portfolio_id)
        logged = [ACTUAL, HYPOTHETICAL] if series[HYPOTHETICAL].notna().any() else [ACTUAL]
        for pnl in logged:
            counts = pd.DataFrame(count(series, spans, pnl=pnl), index=keys.index)
            yield pd.concat([keys.assign(variable=pnl), counts], axis=1)


def judgements(counts: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield each metric for all rows of counts."""
    days, exceptions = counts["days"], counts["exceptions"]
    on_days = {"size": days, "events": exceptions}
    kupiec = kupiec_pof(exceptions, days, tail=TAIL)
    rejected = kupiec.p_value < SIGNIFICANCE
    direction = np.select(
        [rejected & (exceptions < TAIL * days), rejected & (exceptions > TAIL * days)],
        ["too_conservative", "too_optimistic"],
        default=None,
    )
    yield metric(counts, "day_count", days, "usable_days", **on_days)
    yield metric(counts, "null_day_count", counts["null_days"], "null_days", size=counts["logged_days"])
    yield metric(counts, "var_990_exceptions", exceptions, "loss_above_var_99", **on_days)
    yield metric(
        counts,
        "var_975_exceptions",
        counts["exceptions_975"],
        "loss_above_var_975",
        size=counts["days_975"],
        events=counts["exceptions_975"],
    )
    trials = days.clip(lower=1)
    low, high = wilson_interval(exceptions, trials)
    yield metric(counts, "exception_rate_990", exceptions / trials, "rate_wilson_95", ci=(low, high), **on_days)
    yield metric(
        counts, "kupiec_lr", kupiec.statistic, "kupiec_pof_99", p_value=kupiec.p_value, caveat=direction, **on_days
    )

    independence = christoffersen_independence(*(counts[cell] for cell in ("n00", "n01", "n10", "n11")))
    together = conditional_coverage(kupiec.statistic, independence.statistic)
    markov = {"withheld": np.where(days < 2, "small_sample", None), "caveat": degenerate(counts), **on_days}
    yield metric(
        counts,
        "christoffersen_ind_lr",
        independence.statistic,
        "christoffersen_ind_99",
        p_value=independence.p_value,
        **markov,
    )
    yield metric(
        counts,
        "christoffersen_cc_lr",
        together.statistic,
        "christoffersen_cc_99_all_days",
        p_value=together.p_value,
        **markov,
    )
    few = np.select([exceptions == 0, exceptions < MINIMUM_EXCEPTIONS], ["no_exceptions", "small_sample"], default=None)
    for name, value in [("duration_lr", counts["duration_lr"]), ("duration_weibull_shape", counts["weibull_shape"])]:
        yield metric(
            *(counts, name, value, "christoffersen_pelletier_99_censored"),
            p_value=counts["duration_p"],
            withheld=few,
            **on_days,
        )
    upper = binomial_upper_tail(exceptions, days, tail=TAIL)
    yield metric(counts, "binomial_upper", upper, "binomial_upper_tail_99", p_value=upper, **on_days)

    window, in_window = counts["window_days"], counts["window_exceptions"]
    on_window = {"size": window, "events": in_window, "caveat": np.where(window != WINDOW, "window_not_250", None)}
    yield metric(counts, "traffic_light_exceptions", in_window, "traffic_light_250_99", **on_window)
    yield metric(counts, "traffic_light_zone", zone(in_window, window), "traffic_light_250_99", **on_window)
    for name, framework in [("traffic_light_addon", "mar32_9"), ("traffic_light_addon_1996", "basel_1996")]:
        added = add_on(in_window, window, framework=framework)
        yield metric(counts, name, added, f"traffic_light_addon_{framework}", **on_window)

    yield metric(counts, "longest_exception_run", counts["longest_run"], "longest_run_99", **on_days)
    yield metric(counts, "pinball_loss_990", counts["pinball_loss"], "pinball_mean_99", **on_days)
    once = counts[counts["variable"] == ACTUAL].assign(variable=None)
    yield metric(once, "mean_var_990", once["mean_var"], "mean_var_99", size=once["days_var"])


def degenerate(counts: pd.DataFrame) -> np.ndarray:
    """Return why independence has nothing to compare, null where it has."""
    exceptional = np.minimum(counts["n10"] + counts["n11"], counts["n01"] + counts["n11"])
    quiet = np.minimum(counts["n00"] + counts["n01"], counts["n00"] + counts["n10"])
    return np.select([exceptional == 0, quiet == 0], ["no_exceptions", "only_exceptions"], default=None)


def metric(
    counts: pd.DataFrame,
    name: str,
    value: np.ndarray,
    convention: str,
    *,
    size: pd.Series,
    events: pd.Series | None = None,
    p_value: np.ndarray | float = np.nan,
    ci: tuple = (np.nan, np.nan),
    withheld: np.ndarray | None = None,
    caveat: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return one metric per row of counts.

    ``withheld`` is the reason why there is no value; without days (``size`` 0) it is no_data. ``caveat`` qualifies a
    value that is given.
    """
    reason = np.where(size == 0, "no_data", withheld)
    is_given = pd.isna(reason)
    numbers = {"value": value, "p_value": p_value, "ci_low": ci[0], "ci_high": ci[1]}
    return counts[KEYS].assign(
        metric=name,
        **{column: np.where(is_given, number, np.nan) for column, number in numbers.items()},
        sample_size=size,
        event_count=pd.NA if events is None else events.astype("Int64").where(is_given),
        status_reason=np.where(is_given, caveat, reason),
        convention_id=convention,
    )


def worse_of_both(judged: list[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Yield the traffic light of the profit and loss that is worse; of equals, the actual one."""
    series = [key for key in KEYS if key != "variable"]
    for rows in judged:
        if rows["metric"].iloc[0].startswith("traffic_light_"):
            ordered = rows.sort_values("value", ascending=False, kind="stable", na_position="last")
            yield ordered.drop_duplicates(series).sort_index().assign(variable=None)
