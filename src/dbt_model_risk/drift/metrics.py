"""The table of drift metrics."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dbt_model_risk.drift.false_discovery import benjamini_hochberg
from dbt_model_risk.drift.histograms import Histograms, read_histograms
from dbt_model_risk.drift.measures import Measures, bin_measures, cell_measures, rate_measures
from dbt_model_risk.drift.reasons import Reasons, reasons
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["CONVENTIONS", "drift_metrics", "drift_rows"]

CONVENTIONS = {
    "psi": "psi_declared_bins_floor_1e-4",
    "psi_critical_value": "yurdakul_naranjo_95",
    "js_distance": "declared_bins_base_2",
    "hellinger": "declared_bins",
    "total_variation": "declared_bins",
    "l_infinity": "declared_bins",
    "ks": "two_sample_on_cells",
    "wasserstein": "cells_and_tail_sums",
    "wasserstein_normalised": "cells_and_tail_sums_over_reference_sd",
    "chi_square": "declared_bins_no_yates",
    "cramers_v": "declared_bins_no_yates",
    "drift_adjusted_p": "benjamini_hochberg",
    "missing_rate": "share_of_rows",
    "missing_rate_change": "difference_of_shares",
    "unseen_rate": "share_of_rows_beyond_frozen_bins",
    "mean_shift": "difference_of_means_over_reference_sd",
    "deviation_shift": "relative_change_of_sd",
}
OF_NUMBERS = {"ks", "wasserstein", "wasserstein_normalised", "mean_shift", "deviation_shift"}
OUTPUTS = ["score", "decision", "predicted_class"]
NUMBERS = ["value", "p_value", "error_bound", "event_count"]


def drift_metrics(bins: pd.DataFrame, *, as_of_date: str, minimum_sample: int) -> pd.DataFrame:
    """Return the drift of every variable of every cohort against its baseline.

    Parameters
    ----------
    bins
        Rows of met_drift_bins: counts of both samples per cohort (version, segment and period), variable and bin.
    as_of_date
        Day of the answer, ISO; becomes known_date.
    minimum_sample
        Fewest rows of either sample to be compared.

    Returns
    -------
    pandas.DataFrame
        Metric rows (see metric_frame), ordered by cohort, variable and metric.
    """
    if bins.empty:
        return metric_frame(pd.DataFrame())
    rows = drift_rows(bins, minimum_sample=minimum_sample)
    return metric_frame(rows.assign(known_date=pd.Timestamp(as_of_date)))


def drift_rows(bins: pd.DataFrame, *, minimum_sample: int, no_reference: str = "no_baseline") -> pd.DataFrame:
    """Return the metrics of every variable of every cohort with the cohort's keys and number.

    Parameters
    ----------
    bins
        Counts of both samples per cohort, variable and bin; at least one row.
    minimum_sample
        Fewest rows of either sample to be compared.
    no_reference
        Reason where a cohort has nothing to be compared with: its reference counts are null.
    """
    histograms = read_histograms(bins.assign(has_baseline=bins["reference_count"].notna().astype(float)))
    why = reasons(histograms, minimum_sample=int(minimum_sample), no_reference=no_reference)
    measures = bin_measures(histograms) | cell_measures(histograms) | rate_measures(histograms)
    measures["drift_adjusted_p"] = {"value": adjusted_p(histograms, measures, why)}
    is_number = (histograms.keys["variable_kind"] == "numeric").to_numpy()
    blocks = [
        metric_block(metric, measures[metric], why, rank=rank, applies=is_number | (metric not in OF_NUMBERS))
        for rank, metric in enumerate(CONVENTIONS)
    ]
    rows = pd.concat(blocks, ignore_index=True).sort_values(["row", "rank"], ignore_index=True)
    keys = histograms.keys.take(rows["row"]).reset_index(drop=True)
    kind = np.where(is_number, "_ks_p", "_chi_square_p")[rows["row"]]
    is_adjusted = rows["metric"] == "drift_adjusted_p"
    rows["convention_id"] = rows["convention_id"].where(~is_adjusted, rows["convention_id"] + kind)
    return pd.concat([keys, rows], axis=1)


def adjusted_p(histograms: Histograms, measures: Measures, why: Reasons) -> np.ndarray:
    """Return p-values adjusted over a cohort's features, and over its outputs: KS of numbers, else chi-square."""
    keys = histograms.keys
    is_number = (keys["variable_kind"] == "numeric").to_numpy()
    p_value = np.where(is_number, measures["ks"]["p_value"], measures["chi_square"]["p_value"])
    is_withheld = pd.notna(np.where(is_number, why["cells"], why["bins"]))
    family = 2 * keys["cohort_number"].to_numpy(int) + keys["variable"].isin(OUTPUTS).to_numpy()
    return benjamini_hochberg(np.where(is_withheld, np.nan, p_value), family=family)


def metric_block(
    metric: str, measure: dict[str, np.ndarray], why: Reasons, *, rank: int, applies: np.ndarray
) -> pd.DataFrame:
    """Return one metric of the histograms that it applies to, with values withheld for a reason."""
    scope = "cells" if metric in OF_NUMBERS else "rate" if metric == "missing_rate" else "bins"
    withheld = why[scope]
    block = pd.DataFrame({"row": np.arange(len(withheld)), "rank": rank, "metric": metric})
    for column in NUMBERS:
        block[column] = np.where(pd.isna(withheld), measure.get(column, np.nan), np.nan)
    is_infinite = np.isinf(block[NUMBERS]).any(axis=1)
    block.loc[is_infinite, NUMBERS] = np.nan
    reason = np.where(pd.isna(withheld), why["caveat"], withheld)
    # A cohort's KS is withheld for want of values where its adjusted p goes by them; else nothing varies.
    untested = why["cells"] if metric == "drift_adjusted_p" else np.full(len(withheld), None)
    undefined = np.where(pd.isna(untested), np.where(is_infinite, "out_of_range", "zero_variance"), untested)
    reason = np.where(block["value"].isna() & pd.isna(withheld), undefined, reason)
    block["status_reason"] = pd.Series(reason, dtype=object)
    block["sample_size"] = why["value_size" if scope == "cells" else "size"].astype("int64")
    block["convention_id"] = CONVENTIONS[metric]
    return block[applies]
