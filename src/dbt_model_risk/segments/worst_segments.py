"""The table of worst segments: every segment against the rest, tested together and ranked by what it weighs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from dbt_model_risk.drift.false_discovery import benjamini_hochberg

__all__ = ["harm_of", "worst_segments"]

COLUMNS = {
    "model_id": "string",
    "model_version": "string",
    "segment_key": "string",
    "segment_value": "string",
    "period_grain": "string",
    "period_start": "datetime64[us]",
    "period_end": "datetime64[us]",
    "variable": "string",
    "metric": "string",
    "value": "float64",
    "rest_value": "float64",
    "whole_value": "float64",
    "difference": "float64",
    "harm": "float64",
    "share": "float64",
    "impact": "float64",
    "segment_rank": "int64",
    "sample_size": "int64",
    "rest_size": "int64",
    "p_value": "float64",
    "adjusted_p": "float64",
    "tested_count": "int64",
    "untested_count": "int64",
    "is_significant": "bool",
    "status_reason": "string",
    "convention_id": "string",
}
CONVENTIONS = {
    "auc": "segment_less_rest_delong_normal",
    "observed_expected_ratio": "segment_over_rest_log_ratio_normal",
    "mae": "segment_less_rest_welch_normal",
    "bias": "segment_less_rest_welch_normal",
    "interval_coverage": "segment_less_rest_two_proportions_normal",
    "mean_shift": "segment_less_rest_change_since_baseline_normal",
}
PERIOD = ["model_id", "model_version", "period_grain", "period_start", "period_end"]


def harm_of(figures: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Return how bad figures are: more is worse.

    Parameters
    ----------
    figures
        Shape (rows,); of kind `from_one` positive.
    kinds
        What is bad: `higher`, `lower`, `from_zero` (the distance) or `from_one` (the distance of the logarithm).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logged = np.abs(np.log(figures))
    return np.select(
        [kinds == "higher", kinds == "lower", kinds == "from_zero", kinds == "from_one"],
        [figures, -figures, np.abs(figures), logged],
    )


def worst_segments(figures: pd.DataFrame, *, false_discovery_rate: float | str) -> pd.DataFrame:
    """Return every segment and metric with its test against the rest, the worst first.

    The p-values of all segments and metrics of a version and period are one family (Benjamini-Hochberg); a segment that
    is too small has none and does not count. A segment is significant where its adjusted p-value is at most the rate
    and it is worse than the rest, not better. Impact is how much worse it is, times its share of the rows.

    Parameters
    ----------
    figures
        Rows of met_segment_performance and met_segment_drift: the figure of the segment and of the rest, each with its
        standard error (of the logarithm for kind `from_one`); the two are independent.
    false_discovery_rate
        Share of false ones among the significant that is put up with, in (0, 1).
    """
    rows = figures.reset_index(drop=True)
    kinds = rows["harm_kind"].to_numpy(object)
    segment, rest, segment_error, rest_error = (
        rows[name].to_numpy(float, na_value=np.nan)
        for name in ("segment_figure", "rest_figure", "segment_error", "rest_error")
    )
    is_tested = rows["status_reason"].isna().to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.where(kinds == "from_one", np.log(segment) - np.log(rest), segment - rest)
        distance = apart / np.hypot(segment_error, rest_error)
    p_value = np.where(is_tested, np.clip(2 * norm.sf(np.abs(distance)), 0, 1), np.nan)
    family = rows.groupby(PERIOD, dropna=False, sort=False).ngroup().to_numpy()
    adjusted = benjamini_hochberg(p_value, family=family)
    harm = np.where(is_tested, harm_of(segment, kinds) - harm_of(rest, kinds), np.nan)
    size, rest_size = rows["sample_size"].to_numpy(float), rows["rest_size"].to_numpy(float)
    share = size / np.maximum(size + rest_size, 1)
    tested = pd.Series(is_tested).groupby(family)
    table = rows.assign(
        value=np.where(is_tested, segment, np.nan),
        rest_value=np.where(is_tested, rest, np.nan),
        whole_value=rows["whole_figure"],
        difference=np.where(is_tested, segment - rest, np.nan),
        harm=harm,
        share=share,
        impact=harm * share,
        p_value=p_value,
        adjusted_p=adjusted,
        tested_count=tested.transform("sum"),
        untested_count=tested.transform("size") - tested.transform("sum"),
        is_significant=(adjusted <= float(false_discovery_rate)) & (harm > 0),
        convention_id=rows["metric"].map(CONVENTIONS),
    )
    measure = ["model_id", "model_version", "period_start", "metric"]
    table = table.sort_values(
        [*measure, "is_significant", "impact", "segment_key", "segment_value", "variable"],
        ascending=[*[True] * len(measure), False, False, True, True, True],
        ignore_index=True,
    )
    table["segment_rank"] = table.groupby(measure, dropna=False, sort=False).cumcount() + 1
    return table[list(COLUMNS)].astype(COLUMNS)
