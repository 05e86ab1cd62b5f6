"""The table of grade metrics: of every grade, and of the portfolio over its grades."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import ndtr

from dbt_model_risk.calibration.hosmer_lemeshow import hosmer_lemeshow, merge_small_groups
from dbt_model_risk.grades.calibration import (
    at_most,
    binomial_upper_tail,
    binomial_z,
    jeffreys,
    jeffreys_overestimation,
)
from dbt_model_risk.grades.concentration import (
    coefficient_of_variation,
    concentration_index,
    concentration_p_value,
    herfindahl,
)
from dbt_model_risk.grades.correlation import correlated_upper_tail
from dbt_model_risk.grades.merging import group_sums, merge_neighbours
from dbt_model_risk.grades.rank_order import rank_inversions, somers_d
from dbt_model_risk.grades.tables import COHORT, Grades, read_grades
from dbt_model_risk.market_risk.scores import Z_95, wilson_interval
from dbt_model_risk.market_risk.traffic_light import light
from dbt_model_risk.metric_block import metric_block
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["grade_metrics"]

# Events and nonevents of a group in Hosmer-Lemeshow, so that chi-square holds; cases of one whose rate is ranked.
LEAST_EXPECTED = 5
LEAST_CASES = 50
# Of the number of events, so that the normal distribution stands for the binomial one.
LEAST_VARIANCE = 9


def grade_metrics(counts: pd.DataFrame, *, as_of_date: str, minimum_sample: int) -> pd.DataFrame:
    """Return the tests of grades and portfolios.

    Parameters
    ----------
    counts
        Rows of met_grade_counts: per cohort one row of the portfolio, without a grade, and one per grade of the
        scale.
    as_of_date
        Day of the answer, ISO; becomes known_date.
    minimum_sample
        Fewest cases of a cohort to be judged. The tests of a single grade are exact and need no minimum.

    Returns
    -------
    pandas.DataFrame
        Metric rows (see metric_frame), ordered by cohort, the portfolio before its grades. variable is the grade,
        null for the portfolio.
    """
    if counts.empty:
        return metric_frame(pd.DataFrame())
    grades = read_grades(counts)
    blocks = [*portfolio_blocks(grades, int(minimum_sample)), *grade_blocks(grades)]
    rows = pd.concat([block.assign(rank=rank) for rank, block in enumerate(blocks)], ignore_index=True)
    rows = rows.sort_values(["row", "column", "rank"], ignore_index=True)
    return metric_frame(rows.assign(known_date=pd.Timestamp(as_of_date)))


def portfolio_blocks(grades: Grades, minimum_sample: int) -> Iterator[pd.DataFrame]:
    """Yield each metric of the portfolios."""
    portfolios = grades.portfolios
    keys = portfolios[COHORT].assign(row=portfolios.index, column=-1, variable=None)
    size = portfolios["sample_size"].to_numpy(np.int64)
    events = portfolios["event_count"].fillna(0).to_numpy(np.int64)
    shown = {"size": size, "events": portfolios["event_count"]}
    cohort_reason = portfolios["cohort_reason"].to_numpy(object)
    is_small = size < minimum_sample
    withheld = np.where(pd.isna(cohort_reason) & is_small, "small_sample", cohort_reason)
    no_promise = np.where(pd.isna(withheld) & np.isnan(grades.expected), "score_not_probability", withheld)
    probability = promise(grades.expected, size)

    for name, convention, test in [
        ("jeffreys_p", "jeffreys_under_estimation", jeffreys),
        ("jeffreys_overestimation_p", "jeffreys_over_estimation", jeffreys_overestimation),
        ("binomial_p", "binomial_upper_tail", binomial_upper_tail),
    ]:
        p_value = test(events, size, probability)
        yield metric_block(keys, name, convention, p_value, p_value=p_value, withheld=no_promise, **shown)
    zone = light(at_most(events, size, probability), events)
    yield metric_block(keys, "traffic_light", "traffic_light_95_9999", zone, withheld=no_promise, **shown)

    scale = {"withheld": scale_reason(grades, withheld), **shown}
    yield hosmer_lemeshow_block(keys, grades, no_promise, shown)
    yield from concentration_blocks(keys, grades, scale)
    largest = grades.size.max(-1, initial=0)
    trials = np.maximum(size, 1)
    yield metric_block(
        keys,
        "largest_grade_share",
        "rate_wilson_95",
        largest / trials,
        ci=wilson_interval(np.minimum(largest, trials), trials),
        error_bound=grades.split.max(-1, initial=0) / trials,
        **scale | {"events": largest.astype(np.int64)},
    )
    group = merge_neighbours(grades.size, minimum=LEAST_CASES)
    merged = group_sums(grades.events, group), group_sums(grades.size, group)
    inversions, p_value = rank_inversions(*merged)
    too_few = np.where(pd.isna(scale["withheld"]) & ((merged[1] > 0).sum(-1) < 2), "small_sample", scale["withheld"])
    yield metric_block(
        keys,
        "rank_inversions",
        "neighbours_merged_below_50",
        inversions,
        p_value=p_value,
        **scale | {"withheld": too_few},
    )
    value, error = somers_d(grades.events, grades.size)
    yield metric_block(
        keys,
        "somers_d_grades",
        "somers_d_of_grade_delong_95",
        value,
        ci=(np.clip(value - Z_95 * error, -1, 1), np.clip(value + Z_95 * error, -1, 1)),
        undefined="single_class",
        **scale,
    )


def hosmer_lemeshow_block(keys: pd.DataFrame, grades: Grades, withheld: np.ndarray, shown: dict) -> pd.DataFrame:
    """Return Hosmer-Lemeshow over grades, neighbours merged until each group expects enough of both classes."""
    expected = np.nan_to_num(grades.expected_events)
    groups = merge_small_groups(grades.size, grades.events, expected, minimum=LEAST_EXPECTED)
    statistic, _, p_value = hosmer_lemeshow(*groups)
    least = np.minimum(grades.expected, shown["size"] - grades.expected)
    reason = scale_reason(grades, withheld)
    return metric_block(
        keys,
        "hosmer_lemeshow_grades",
        "grades_merged_at_5_df_groups",
        statistic,
        p_value=p_value,
        withheld=np.where(pd.isna(reason) & (least < LEAST_EXPECTED), "small_sample", reason),
        undefined="out_of_range",
        **shown,
    )


def concentration_blocks(keys: pd.DataFrame, grades: Grades, scale: dict) -> Iterator[pd.DataFrame]:
    """Yield the concentration of cases and of exposure, tested against the version's first cohort that is judged."""
    count = grades.exists.sum(-1)
    is_judged = pd.isna(scale["withheld"])
    for amounts, suffix, convention in [
        (grades.size, "", "shares_of_cases"),
        (grades.exposure, "_exposure", "shares_of_exposure"),
    ]:
        variation = np.where(is_judged, coefficient_of_variation(amounts, np.maximum(count, 1)), np.nan)
        initial = first_of_version(keys, variation)
        p_value = concentration_p_value(variation, initial, count)
        tested = {
            **scale,
            "p_value": p_value,
            "caveat": np.where(np.isnan(initial), "no_baseline", np.where(np.isnan(p_value), "zero_variance", None)),
        }
        yield metric_block(
            keys, f"herfindahl{suffix}", f"herfindahl_{convention}", herfindahl(amounts), undefined="no_data", **tested
        )
        if not suffix:
            yield metric_block(keys, "concentration_cv", f"coefficient_of_variation_{convention}", variation, **tested)
            index = concentration_index(amounts, count)
            yield metric_block(keys, "concentration_index", f"ecb_herfindahl_index_{convention}", index, **tested)


def first_of_version(keys: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    """Return the earliest known value of each version, segment and grain; NaN in that period itself and before."""
    series = ["model_id", "model_version", "segment_key", "segment_value", "period_grain"]
    known = keys.assign(value=values).sort_values("period_start", kind="stable")
    first = known.groupby(series)["value"].transform("first").reindex(keys.index)
    start = known["period_start"].where(known["value"].notna())
    first_start = start.groupby([known[key] for key in series]).transform("min").reindex(keys.index)
    return np.where(keys["period_start"] > first_start, first, np.nan)


def grade_blocks(grades: Grades) -> Iterator[pd.DataFrame]:
    """Yield each metric of the single grades."""
    row, column = np.nonzero(grades.exists)
    portfolios = grades.portfolios.iloc[row].reset_index(drop=True)
    keys = portfolios[COHORT].assign(row=row, column=column, variable=grades.names[row, column])
    size, events = grades.size[row, column].astype(np.int64), grades.events[row, column].astype(np.int64)
    split = grades.split[row, column]
    probability = promise(grades.expected_events[row, column], size)
    total = portfolios["sample_size"].to_numpy(np.int64)
    shown = {"size": size, "events": events}
    empty = np.where(size == 0, "no_data", None)
    no_promise = np.where(pd.isna(empty) & np.isnan(probability), "score_not_probability", empty)

    yield metric_block(
        keys,
        "grade_share",
        "rate_wilson_95",
        size / total,
        ci=wilson_interval(size, total),
        error_bound=split / total,
        size=total,
        events=size,
    )
    trials = np.maximum(size, 1)
    misplaced = np.where(split < size, split / np.maximum(size - split, 1), 1.0)
    yield metric_block(
        keys,
        "grade_observed_rate",
        "rate_wilson_95",
        events / trials,
        ci=wilson_interval(events, trials),
        error_bound=np.minimum(misplaced, 1.0),
        withheld=empty,
        **shown,
    )
    yield metric_block(keys, "grade_expected_rate", "grade_pd_or_mean_score", probability, withheld=no_promise, **shown)
    for name, convention, test in [
        ("jeffreys_p", "jeffreys_under_estimation", jeffreys),
        ("jeffreys_overestimation_p", "jeffreys_over_estimation", jeffreys_overestimation),
        ("binomial_p", "binomial_upper_tail", binomial_upper_tail),
    ]:
        p_value = test(events, size, probability)
        yield metric_block(keys, name, convention, p_value, p_value=p_value, withheld=no_promise, **shown)
    z = binomial_z(events, size, probability)
    yield metric_block(
        keys,
        "binomial_z",
        "binomial_normal_approximation",
        z,
        p_value=ndtr(-z),
        withheld=no_promise,
        caveat=np.where(size * probability * (1 - probability) < LEAST_VARIANCE, "small_sample", None),
        **shown,
    )
    zone = light(at_most(events, size, probability), events)
    yield metric_block(keys, "traffic_light", "traffic_light_95_9999", zone, withheld=no_promise, **shown)

    correlation = portfolios["asset_correlation"].to_numpy(float, na_value=np.nan)
    undeclared = np.where(pd.isna(no_promise) & np.isnan(correlation), "not_declared", no_promise)
    one_factor = {"withheld": undeclared, "undefined": "out_of_range", **shown}
    p_value = correlated_upper_tail(events, size, probability, correlation)
    yield metric_block(
        keys, "binomial_correlated_p", "binomial_upper_tail_one_factor", p_value, p_value=p_value, **one_factor
    )
    beyond = correlated_upper_tail(np.minimum(events + 1, size), size, probability, correlation)
    probability_of_fewer = np.where(events < size, 1 - beyond, 1.0)
    zone = np.where(np.isnan(p_value), np.nan, light(probability_of_fewer, events))
    yield metric_block(keys, "traffic_light_correlated", "traffic_light_95_9999_one_factor", zone, **one_factor)


def scale_reason(grades: Grades, withheld: np.ndarray) -> np.ndarray:
    """Return why a metric over the grades is withheld: no scale was declared, or a case lies outside it."""
    return np.select(
        [pd.notna(grades.portfolios["cohort_reason"]), ~grades.exists.any(-1), pd.notna(withheld), grades.outside > 0],
        [grades.portfolios["cohort_reason"].to_numpy(object), "not_declared", withheld, "out_of_range"],
        default=None,
    )


def promise(expected: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return the expected rate; NaN without cases."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(size > 0, np.clip(expected / size, 0, 1), np.nan)
