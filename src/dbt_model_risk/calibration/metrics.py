"""The table of tests on the scores of a cohort."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dbt_model_risk.calibration.measures import Measure, bin_measures, cohort_measures
from dbt_model_risk.calibration.score_bins import read_score_bins
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["CONVENTIONS", "score_test_metrics"]

CONVENTIONS = {
    "calibration_in_the_large": "logit_offset_bin_means_wald_95",
    "calibration_slope": "logit_slope_bin_means_wald_95",
    "spiegelhalter_z": "spiegelhalter_two_sided",
    "hosmer_lemeshow": "ten_quantile_groups_whole_bins_merged_at_5_df_groups",
    "hosmer_lemeshow_groups": "ten_quantile_groups_whole_bins_merged_at_5",
    "brier_reliability": "murphy_ten_quantile_groups_whole_bins",
    "brier_resolution": "murphy_ten_quantile_groups_whole_bins",
    "brier_uncertainty": "murphy_ten_quantile_groups_whole_bins",
    "brier_within_variance": "stephenson_ten_quantile_groups_whole_bins",
    "brier_within_covariance": "stephenson_ten_quantile_groups_whole_bins",
    "brier_skill_score": "against_base_rate_of_cohort",
    "log_loss_skill": "against_base_rate_of_cohort",
    "h_measure": "hand_beta_2_severity_pi1_over_pi0",
    "auc_drop": "ecb_s_test_delong_validated_auc_constant",
}
OF_RANKING = {"h_measure", "auc_drop"}
NUMBERS = ["value", "p_value", "ci_low", "ci_high", "error_bound"]
KEYS = ["model_id", "model_version", "segment_key", "segment_value", "period_grain", "period_start", "period_end"]


def score_test_metrics(cohorts: pd.DataFrame, bins: pd.DataFrame, *, as_of_date: str) -> pd.DataFrame:
    """Return the tests of discrimination and calibration of every cohort.

    Parameters
    ----------
    cohorts
        Rows of met_score_cohorts.
    bins
        Rows of met_score_bins.
    as_of_date
        Day of the answer, ISO; becomes known_date.

    Returns
    -------
    pandas.DataFrame
        Metric rows (see metric_frame), ordered by cohort and metric.
    """
    if cohorts.empty:
        return metric_frame(pd.DataFrame())
    cohorts = cohorts.sort_values("cohort_number", ignore_index=True)
    is_judged = cohorts["discrimination_reason"].isna()
    judged = np.flatnonzero(is_judged)
    score_bins = read_score_bins(bins, cohorts["cohort_number"].to_numpy()[judged])
    measures = cohort_measures(cohorts)
    if len(score_bins.rows):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            of_bins = bin_measures(score_bins)
        rows = judged[score_bins.rows]
        measures |= {metric: spread(measure, rows, len(cohorts)) for metric, measure in of_bins.items()}
    blocks = [
        metric_block(metric, measures.get(metric, {}), cohorts, rank=rank) for rank, metric in enumerate(CONVENTIONS)
    ]
    found = pd.concat(blocks, ignore_index=True).sort_values(["row", "rank"], ignore_index=True)
    keys = cohorts[[*KEYS, "sample_size", "event_count"]].take(found["row"]).reset_index(drop=True)
    known_date = pd.Series(pd.Timestamp(as_of_date), index=found.index, name="known_date")
    return metric_frame(pd.concat([keys, known_date, found], axis=1))


def spread(measure: Measure, rows: np.ndarray, count: int) -> Measure:
    """Return a measure of some cohorts as one of all, with nothing for the others."""
    out = {}
    for name, values in measure.items():
        out[name] = np.full(
            count, None if values.dtype.kind == "U" else np.nan, object if values.dtype.kind == "U" else float
        )
        out[name][rows] = values
    return out


def metric_block(metric: str, measure: Measure, cohorts: pd.DataFrame, *, rank: int) -> pd.DataFrame:
    """Return one metric of every cohort, with values withheld for a reason."""
    is_ranking = metric in OF_RANKING
    withheld = cohorts["discrimination_reason" if is_ranking else "calibration_reason"].to_numpy(object)
    if metric == "auc_drop":
        withheld = np.where(cohorts["validated_auc"].isna(), "not_declared", withheld)
    is_given = pd.isna(withheld)
    block = pd.DataFrame({"row": np.arange(len(cohorts)), "rank": rank, "metric": metric})
    for column in NUMBERS:
        block[column] = np.where(is_given, measure.get(column, np.nan), np.nan)
    is_infinite = np.isinf(block[NUMBERS]).any(axis=1)
    block.loc[is_infinite, NUMBERS] = np.nan
    is_undefined = is_given & block["value"].isna().to_numpy()
    caveat = cohorts["caveat"].to_numpy(object) if is_ranking else np.full(len(cohorts), None)
    if metric == "auc_drop":
        caveat = np.where(pd.isna(caveat) & np.isnan(measure["p_value"]), "zero_variance", caveat)
    reason = np.where(is_given, caveat, withheld)
    undefined = np.where(is_infinite, "out_of_range", measure.get("undefined", "zero_variance"))
    block["status_reason"] = pd.Series(np.where(is_undefined, undefined, reason), dtype=object)
    block["convention_id"] = CONVENTIONS[metric]
    return block
