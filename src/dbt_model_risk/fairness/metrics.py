"""The table of fairness metrics."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dbt_model_risk.fairness.fisher import fisher_exact_p_value
from dbt_model_risk.fairness.groups import GroupRates, error_rates, selection_rates
from dbt_model_risk.fairness.mean_difference import standardised_mean_difference
from dbt_model_risk.fairness.proportions import (
    difference_interval,
    ratio_interval,
    ratio_of_rates,
)
from dbt_model_risk.market_risk.scores import wilson_interval
from dbt_model_risk.metric_block import metric_block
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["CONVENTIONS", "fairness_metrics"]

CONVENTIONS = {
    "selection_rate": "rate_wilson_95",
    "adverse_impact_ratio": "over_highest_rate_katz_95_fisher",
    "standardised_mean_difference": "less_highest_rate_group_over_pooled_sd_normal_95",
    "true_positive_rate": "rate_wilson_95",
    "false_positive_rate": "rate_wilson_95",
    "demographic_parity_ratio": "lowest_over_highest_rate_katz_95_fisher",
    "statistical_parity_difference": "highest_less_lowest_rate_newcombe_95_fisher",
    "adverse_impact_ratio_least": "lowest_over_highest_rate_katz_95_fisher",
    "equal_opportunity_difference": "true_positive_rates_newcombe_95_fisher",
    "equalized_odds_difference": "larger_of_true_and_false_positive_rates_newcombe_95_fisher",
}
COHORT = ["model_id", "model_version", "segment_key", "period_grain", "period_start", "period_end"]
# Columns of one metric as metric_block takes them, one entry per row.
Measure = dict[str, np.ndarray | tuple[np.ndarray, np.ndarray] | float | str]


def fairness_metrics(counts: pd.DataFrame, *, as_of_date: str, minimum_size: int, minimum_share: float) -> pd.DataFrame:
    """Return how alike the groups of every cohort are selected, scored and misjudged.

    Parameters
    ----------
    counts
        Rows of met_fairness_counts: one per cohort (version and period), group column and group; a cohort of a log
        without groups has one row with segment_key 'all'.
    as_of_date
        Day of the answer, ISO; becomes known_date.
    minimum_size, minimum_share
        Fewest cases of a group, and the least share of its cohort, to be compared with others.

    Returns
    -------
    pandas.DataFrame
        Metric rows (see metric_frame), ordered by cohort, group, variable and metric.
    """
    if counts.empty:
        return metric_frame(pd.DataFrame())
    limits = {"minimum_size": int(minimum_size), "minimum_share": float(minimum_share)}
    counts = counts.sort_values([*COHORT, "segment_value"], ignore_index=True)
    has_groups = counts["segment_key"] != "all"
    groups = numbered(counts[has_groups])
    overridden = numbered(groups[groups.groupby("cohort")["override_count"].transform("sum") > 0])
    blocks = [
        undeclared(counts[~has_groups]),
        *decision_blocks(groups, selection_rates(groups, "favourable_count", **limits), "decision", ""),
        *decision_blocks(
            overridden,
            selection_rates(overridden, "final_favourable_count", **limits),
            "final_decision",
            "|final_decision",
        ),
        *model_blocks(groups, limits),
    ]
    rows = pd.concat([block for block in blocks if not block.empty], ignore_index=True)
    rows["known_date"] = pd.Timestamp(as_of_date)
    order = ["model_id", "model_version", "period_grain", "period_start", "segment_key", "segment_value"]
    return metric_frame(rows.sort_values([*order, "variable", "metric"], ignore_index=True))


def numbered(groups: pd.DataFrame) -> pd.DataFrame:
    """Return groups with the number of their cohort and group column, from 0 without gaps."""
    groups = groups.reset_index(drop=True)
    return groups.assign(cohort=groups.groupby(COHORT, sort=False).ngroup())


def undeclared(cohorts: pd.DataFrame) -> pd.DataFrame:
    """Return one row per cohort of a log that declares no group: there is nobody to compare."""
    keys = cohorts[[*COHORT, "segment_value"]].assign(variable="group")
    return block(keys, "adverse_impact_ratio_least", {"value": np.nan, "size": 0, "undefined": "not_declared"})


def decision_blocks(groups: pd.DataFrame, rates: GroupRates, variable: str, suffix: str) -> list[pd.DataFrame]:
    """Return how a decision selects the groups; across them the variable is the group column and the suffix."""
    keys, across = group_keys(groups, variable), cohort_keys(groups, suffix)
    ratio = ratios(rates)
    return [
        block(keys, "selection_rate", rate(rates)),
        block(keys, "adverse_impact_ratio", impact(rates)),
        block(across, "demographic_parity_ratio", ratio),
        block(across, "adverse_impact_ratio_least", ratio),
        block(across, "statistical_parity_difference", gap(rates)),
    ]


def model_blocks(groups: pd.DataFrame, limits: dict[str, float]) -> list[pd.DataFrame]:
    """Return how the groups are scored and misjudged."""
    true_positive = error_rates(groups, "true_positive_count", "false_negative_count", **limits)
    false_positive = error_rates(groups, "false_positive_count", "true_negative_count", **limits)
    decided = selection_rates(groups, "favourable_count", **limits)
    keys, across = group_keys(groups, None), cohort_keys(groups, "")
    opportunity = gap(true_positive)
    return [
        block(keys, "standardised_mean_difference", score_difference(groups, decided)),
        block(keys, "true_positive_rate", rate(true_positive)),
        block(keys, "false_positive_rate", rate(false_positive)),
        block(across, "equal_opportunity_difference", opportunity),
        block(across, "equalized_odds_difference", larger(opportunity, gap(false_positive))),
    ]


def rate(rates: GroupRates) -> Measure:
    """Return the rate of every group; that of a small group is given and says so."""
    return {
        "value": rates.value,
        "ci": wilson_interval(rates.events, np.where(rates.trials > 0, rates.trials, np.nan)),
        "size": rates.trials,
        "events": rates.events,
        "withheld": rates.withheld,
        "caveat": np.where(rates.excluded == "small_sample", "small_sample", None),
    }


def impact(rates: GroupRates) -> Measure:
    """Return each group's rate over the highest one; the reference has ratio 1 and nothing to be tested against."""
    _, highest = rates.extremes()
    reference = highest[rates.cohort]
    everyone = np.arange(reference.size)
    withheld = first_reason(rates.excluded, rates.incomparable()[rates.cohort])
    is_tested = pd.isna(withheld) & (reference != everyone)
    tables = versus(rates, everyone, reference)
    return {
        "value": ratio_of_rates(*tables),
        "ci": tuple(np.where(is_tested, end, np.nan) for end in ratio_interval(*tables)),
        "p_value": p_values(tables, is_tested),
        "size": rates.trials,
        "events": rates.events,
        "withheld": withheld,
    }


def score_difference(groups: pd.DataFrame, rates: GroupRates) -> Measure:
    """Return how far each group's mean score is from that of the group with the highest selection rate."""
    _, highest = rates.extremes()
    reference = highest[rates.cohort]
    is_reference = reference == np.arange(reference.size)
    sums = [groups[name].to_numpy(float) for name in ("prediction_count", "score_sum", "score_square_sum")]
    difference, low, high = standardised_mean_difference(*sums, *(column[reference] for column in sums))
    return {
        "value": difference,
        "ci": (np.where(is_reference, np.nan, low), np.where(is_reference, np.nan, high)),
        "size": sums[0],
        "withheld": first_reason(rates.excluded, rates.incomparable()[rates.cohort]),
        "undefined": "zero_variance",
    }


def gap(rates: GroupRates) -> Measure:
    """Return the highest less the lowest rate of each cohort, with the test of those two groups."""
    lowest, highest = rates.extremes()
    tables = versus(rates, highest, lowest)
    value = rates.value[highest] - rates.value[lowest]
    return across_measure(rates, value, difference_interval(*tables), tables)


def ratios(rates: GroupRates) -> Measure:
    """Return the lowest over the highest rate of each cohort, with the test of those two groups."""
    lowest, highest = rates.extremes()
    tables = versus(rates, lowest, highest)
    return across_measure(rates, ratio_of_rates(*tables), ratio_interval(*tables), tables)


def across_measure(
    rates: GroupRates, value: np.ndarray, interval: tuple[np.ndarray, np.ndarray], tables: tuple[np.ndarray, ...]
) -> Measure:
    """Return a comparison of each cohort's extremes; its size is the cases compared, or all where none can be."""
    withheld = rates.incomparable()
    counted = pd.isna(rates.excluded) | pd.notna(withheld[rates.cohort])
    size, events = (
        np.bincount(rates.cohort, weights=np.where(counted, column, 0), minlength=withheld.size)
        for column in (rates.trials, rates.events)
    )
    p_value = p_values(tables, pd.isna(withheld))
    return {"value": value, "ci": interval, "p_value": p_value, "size": size, "events": events, "withheld": withheld}


def larger(first: Measure, second: Measure) -> Measure:
    """Return of each cohort the larger value; one that is not known leaves the larger one unknown."""
    first_known, second_known = pd.isna(first["withheld"]), pd.isna(second["withheld"])
    is_second = first_known & (~second_known | (second["value"] > first["value"]))
    chosen = {name: np.where(is_second, second[name], first[name]) for name in first if name != "ci"}
    return chosen | {"ci": tuple(np.where(is_second, b, a) for a, b in zip(first["ci"], second["ci"], strict=True))}


def versus(rates: GroupRates, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return events and trials of some groups and of others."""
    return rates.events[one], rates.trials[one], rates.events[other], rates.trials[other]


def p_values(tables: tuple[np.ndarray, ...], is_tested: np.ndarray) -> np.ndarray:
    """Return Fisher's p-value of the tables that are tested, else NaN."""
    p_value = np.full(is_tested.size, np.nan)
    p_value[is_tested] = fisher_exact_p_value(*(column[is_tested] for column in tables))
    return p_value


def first_reason(reason: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Return the reason, or where there is none the other one."""
    return np.where(pd.isna(reason), otherwise, reason)


def group_keys(groups: pd.DataFrame, variable: str | None) -> pd.DataFrame:
    """Return what names the rows of groups."""
    return groups[[*COHORT, "segment_value"]].assign(variable=variable)


def cohort_keys(groups: pd.DataFrame, suffix: str) -> pd.DataFrame:
    """Return what names the rows across groups: the group column becomes the variable."""
    keys = groups.drop_duplicates("cohort")[COHORT].reset_index(drop=True)
    return keys.assign(variable=keys["segment_key"] + suffix, segment_key="all", segment_value="all")


def block(keys: pd.DataFrame, metric: str, measure: Measure) -> pd.DataFrame:
    """Return the rows of one metric; a ratio of nothing to nothing has seen one kind of decision only."""
    return metric_block(keys, metric, CONVENTIONS[metric], **{"undefined": "single_class"} | measure)
