"""Each statistic of all cohorts at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from dbt_model_risk.calibration.brier import brier_parts, skill
from dbt_model_risk.calibration.hosmer_lemeshow import hosmer_lemeshow, merge_small_groups
from dbt_model_risk.calibration.logit_fit import fit_logit, logit_of
from dbt_model_risk.calibration.score_bins import ScoreBins
from dbt_model_risk.calibration.spiegelhalter import spiegelhalter_z
from dbt_model_risk.discrimination.auc_drop import auc_drop
from dbt_model_risk.discrimination.h_measure import best_order, h_measure

__all__ = ["Measure", "bin_measures", "cohort_measures"]

Measure = dict[str, np.ndarray]
NORMAL_95 = special.ndtri(0.975)


def bin_measures(bins: ScoreBins) -> dict[str, Measure]:
    """Return what is made of the bins, per cohort that has some. `undefined` says why a value is missing."""
    is_exact = np.maximum.reduceat(bins.bin_width, bins.starts) == 0
    is_constant = np.diff(np.append(bins.starts, len(bins.cases))) == 1
    fitted = {"x": logit_of(bins.sums["score_sum"] / bins.cases), "cases": bins.cases, "events": bins.events}
    offset = fit_logit(**fitted, starts=bins.starts, slope=1.0)
    line = fit_logit(**fitted, starts=bins.starts)
    # Bins are fitted at their mean score; how far scores inside a bin move the fit is not bounded.
    exactly = np.where(is_exact, 0, np.nan)
    z, z_bound = spiegelhalter_z(bins.cases, **bins.sums, bin_width=bins.bin_width, starts=bins.starts)
    is_bounded = np.isfinite(z_bound)
    groups = {name: bins.by_group(values) for name, values in bins.sums.items()}
    cases = bins.by_group(bins.cases)
    statistic, group_count, p_value = hosmer_lemeshow(
        *merge_small_groups(cases, groups["event_count"], groups["score_sum"])
    )
    is_grouped = group_count > 1
    too_few = np.where(is_constant, "constant_score", "small_sample")
    h = h_measure(bins.cases, bins.events, starts=bins.starts)
    most_cases, most_events, most_starts = best_order(bins.cases, bins.events, starts=bins.starts)
    h_most = h_measure(most_cases, most_events, starts=most_starts)
    parts = brier_parts(cases, **groups)
    return {
        "calibration_in_the_large": {**wald(offset.intercept, offset.intercept_error, null=0), "error_bound": exactly},
        "calibration_slope": {
            **wald(line.slope, line.slope_error, null=1),
            "error_bound": exactly,
            "undefined": np.where(is_constant, "constant_score", "out_of_range"),
        },
        "spiegelhalter_z": {
            "value": np.where(is_bounded, z, np.nan),
            "p_value": np.where(is_bounded, 2 * special.ndtr(-np.abs(z)), np.nan),
            "error_bound": z_bound,
            "undefined": np.where(np.isnan(z), "zero_variance", "out_of_range"),
        },
        "hosmer_lemeshow": {
            "value": np.where(is_grouped, statistic, np.nan),
            "p_value": np.where(is_grouped, p_value, np.nan),
            "undefined": too_few,
        },
        "hosmer_lemeshow_groups": {"value": group_count.astype(float)},
        "brier_reliability": {"value": parts.reliability},
        "brier_resolution": {"value": parts.resolution},
        "brier_uncertainty": {"value": parts.uncertainty},
        "brier_within_variance": {"value": parts.within_variance},
        "brier_within_covariance": {"value": parts.within_covariance},
        "h_measure": {"value": h, "error_bound": np.where(is_exact, 0, np.maximum(h_most - h, 0))},
    }


def cohort_measures(cohorts: pd.DataFrame) -> dict[str, Measure]:
    """Return what is made of figures of the whole cohort, per row of met_score_cohorts."""
    column = {
        name: cohorts[name].to_numpy(float, na_value=np.nan)
        for name in ("event_count", "sample_size", "brier", "log_loss", "validated_auc", "auc", "auc_standard_error")
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = column["event_count"] / column["sample_size"]
    drop, p_value = auc_drop(column["validated_auc"], column["auc"], standard_error=column["auc_standard_error"])
    margin = NORMAL_95 * column["auc_standard_error"]
    return {
        "brier_skill_score": {"value": skill(column["brier"], rate * (1 - rate))},
        "log_loss_skill": {"value": skill(column["log_loss"], special.entr(rate) + special.entr(1 - rate))},
        "auc_drop": {
            "value": drop,
            "p_value": p_value,
            "ci_low": drop - margin,
            "ci_high": drop + margin,
            "error_bound": cohorts["auc_error_bound"].to_numpy(float, na_value=np.nan),
        },
    }


def wald(value: np.ndarray, standard_error: np.ndarray, *, null: float) -> Measure:
    """Return a value with its 95 % interval and its two-sided p-value against a null value."""
    return {
        "value": value,
        "p_value": 2 * special.ndtr(-np.abs(value - null) / standard_error),
        "ci_low": value - NORMAL_95 * standard_error,
        "ci_high": value + NORMAL_95 * standard_error,
    }
