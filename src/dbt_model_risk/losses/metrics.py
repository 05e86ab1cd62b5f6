"""The table of loss back-tests."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dbt_model_risk.discrimination.auc_drop import auc_drop
from dbt_model_risk.losses.mean_error import mean_error
from dbt_model_risk.losses.somers_d import SomersD, somers_d
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["loss_metrics"]

COHORT = ["model_id", "model_version", "segment_key", "segment_value", "period_grain", "period_start", "period_end"]
NORMAL_95 = 1.959963984540054
# The ECB's segments of a rate of loss.
SEGMENTS = 12


def loss_metrics(
    sums: pd.DataFrame, cells: pd.DataFrame, *, as_of_date: str, minimum_sample: int | str
) -> pd.DataFrame:
    """Return the loss back-tests of each cohort as metric rows.

    Parameters
    ----------
    sums
        Rows of met_loss_sums: one per cohort, with its number, its sums and the reason why it may have none.
    cells
        Rows of met_loss_cells: cases per cohort, estimated segment and realised segment.
    as_of_date
        The day the answer is for, ISO 8601; the known_date of every row.
    minimum_sample
        Fewest cases to be judged.

    Returns
    -------
    pandas.DataFrame
        Metric rows (see metric_frame), ordered by cohort.
    """
    if sums.empty:
        return metric_frame(pd.DataFrame())
    sums = sums.sort_values("cohort_number", ignore_index=True)
    size = sums["sample_size"].to_numpy(float)
    cohort_reason = sums["cohort_reason"].to_numpy(object, na_value=None)
    reason = np.where(pd.isna(cohort_reason) & (size < int(minimum_sample)), "small_sample", cohort_reason)
    blocks = [*error_blocks(sums, reason), *ranking_blocks(sums, cells, reason)]
    rows = pd.concat(blocks).sort_index(kind="stable").reset_index(drop=True)
    return metric_frame(rows.assign(known_date=pd.Timestamp(as_of_date)))


def error_blocks(sums: pd.DataFrame, reason: np.ndarray) -> Iterator[pd.DataFrame]:
    """Yield what is measured on errors: realised less estimated, and weighted by exposure."""
    estimated, realised, est_square, real_square, product, est_exposed, real_exposed = (
        sums[column].to_numpy(float, na_value=np.nan)
        for column in (
            *("score_sum", "outcome_sum", "score_square_sum", "outcome_square_sum", "score_outcome_sum"),
            *("exposure_score_sum", "exposure_outcome_sum"),
        )
    )
    scale = est_square + real_square
    error = mean_error(sums["sample_size"], realised - estimated, scale - 2 * product, scale)
    untested = first_reason(reason, np.isnan(error.statistic), "zero_variance")
    yield metric(
        *(sums, "loss_t_test", error.statistic, "realised_minus_estimate_t_one_sided", untested),
        p_value=error.p_value,
    )
    yield metric(
        *(sums, "loss_mean_error", error.mean, "realised_minus_estimate_t_95", reason),
        interval=(error.low, error.high),
    )
    # An estimated amount is its own exposure.
    is_rate = sums["is_rate"].fillna(True).to_numpy(bool)
    estimated, realised = np.where(is_rate, est_exposed, estimated), np.where(is_rate, real_exposed, realised)
    unexposed = is_rate & ~(sums["exposure_sum"].to_numpy(float, na_value=0) > 0)
    unweighted = first_reason(first_reason(reason, unexposed, "no_data"), ~(realised > 0), "out_of_range")
    with np.errstate(divide="ignore", invalid="ignore"):
        shortfall = 1 - estimated / realised
    convention = np.where(is_rate, "share_of_realised_loss_exposure_weighted", "share_of_realised_amount")
    yield metric(sums, "loss_shortfall", shortfall, convention, unweighted)
    yield metric(sums, "loss_shortfall_size", np.abs(shortfall), "absolute_" + convention.astype(object), unweighted)


def ranking_blocks(sums: pd.DataFrame, cells: pd.DataFrame, reason: np.ndarray) -> Iterator[pd.DataFrame]:
    """Yield the generalised AUC and its drop since the initial validation, tested with the drop's S statistic."""
    ranked, blur = ranking(sums, cells)
    value, error = (ranked.statistic + 1) / 2, ranked.standard_error / 2
    is_rate = sums["is_rate"].fillna(True).to_numpy(bool)
    unranked = first_reason(reason, ~is_rate, "not_applicable")
    unranked = first_reason(unranked, np.isnan(value), "single_class")
    is_flat = ~(error > 0)
    caveat = np.where(is_flat, "zero_variance", None)
    margin = NORMAL_95 * np.where(is_flat, np.nan, error)
    yield metric(
        *(sums, "generalised_auc", value, "ecb_12_segments_somers_d_asymptotic_95", unranked),
        interval=(np.clip(value - margin, 0, 1), np.clip(value + margin, 0, 1)),
        error_bound=blur,
        caveat=caveat,
    )
    validated = sums["validated_auc"].to_numpy(float, na_value=np.nan)
    undeclared = np.where(~is_rate, unranked, first_reason(unranked, np.isnan(validated), "not_declared"))
    drop, p_value = auc_drop(validated, value, standard_error=error)
    yield metric(
        *(sums, "generalised_auc_drop", drop, "ecb_s_test_12_segments_validated_auc_constant", undeclared),
        interval=(drop - margin, drop + margin),
        error_bound=blur,
        p_value=p_value,
        caveat=caveat,
    )


def ranking(sums: pd.DataFrame, cells: pd.DataFrame) -> tuple[SomersD, np.ndarray]:
    """Return Somers' D of each cohort of the sums, in their order, and how far (D + 1) / 2 may be off.

    A case whose bin holds an edge of segments may belong to the next segment, which turns ties into wins or back.
    """
    cohort = np.searchsorted(sums["cohort_number"].to_numpy(np.int64), cells["cohort_number"].to_numpy(np.int64))
    counts = np.zeros((len(sums), SEGMENTS, SEGMENTS), np.int64)
    position = (cohort, cells["estimated_segment"].to_numpy(np.int64), cells["realised_segment"].to_numpy(np.int64))
    np.add.at(counts, position, cells["n"].to_numpy(np.int64))
    ranked = somers_d(counts)
    split = np.bincount(cohort, weights=cells["split_count"].to_numpy(float), minlength=len(sums))
    pairs = np.where(ranked.pairs > 0, ranked.pairs, np.nan)
    return ranked, np.minimum(1, split * counts.sum((-2, -1)) / pairs)


def first_reason(reason: np.ndarray, is_met: np.ndarray, other: str) -> np.ndarray:
    """Return the reasons, and the other one where there is none yet and its condition is met."""
    return np.where(pd.isna(reason) & is_met, other, reason)


def metric(
    sums: pd.DataFrame,
    name: str,
    value: np.ndarray,
    convention: str | np.ndarray,
    withheld: np.ndarray,
    *,
    p_value: np.ndarray | float = np.nan,
    interval: tuple = (np.nan, np.nan),
    error_bound: np.ndarray | float = np.nan,
    caveat: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return one metric of every cohort; ``withheld`` is why there is no value, ``caveat`` qualifies one."""
    is_given = pd.isna(withheld)
    numbers = {"value": value, "p_value": p_value, "ci_low": interval[0], "ci_high": interval[1]}
    return sums[COHORT].assign(
        metric=name,
        **{column: np.where(is_given, number, np.nan) for column, number in numbers.items()},
        error_bound=np.where(is_given, error_bound, np.nan),
        sample_size=sums["sample_size"],
        status_reason=np.where(is_given, caveat, withheld),
        convention_id=convention,
    )
