"""The table of outcome drift: what came true, against the baseline and against the window before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from dbt_model_risk.live.drift import REFERENCES, live_drift_metrics

__all__ = ["mean_difference_p", "outcome_drift_metrics"]

OF_AMOUNTS = ["mean_shift", "deviation_shift", "drift_adjusted_p"]
COHORT = ["window_key", "segment_key", "segment_value"]
MOMENTS = -9


def outcome_drift_metrics(bins: pd.DataFrame, *, minimum_sample: int) -> pd.DataFrame:
    """Return the drift of the outcome of every window and segment against both references.

    Parameters
    ----------
    bins
        Rows of met_outcome_bins: counts of a window, of the baseline and of the window before it per observed class;
        of amounts one cell and the row of moments.
    minimum_sample
        Fewest outcomes of either sample to be compared.

    Returns
    -------
    pandas.DataFrame
        Columns of live_drift_metrics. Amounts have no bins, so that their chance is that of a difference of means.
    """
    rows = live_drift_metrics(bins, minimum_sample=minimum_sample)
    rows = rows[rows["metric"] != "psi_above_chance"]
    tests = pd.concat(
        [mean_tests(bins, sample).assign(reference=name) for name, (sample, _) in REFERENCES.items()],
        ignore_index=True,
    )
    if tests.empty:
        return rows.reset_index(drop=True)
    keys = [*COHORT, "reference"]
    is_amount = rows.set_index(keys).index.isin(tests.set_index(keys).index)
    kept = rows[~is_amount | rows["metric"].isin(OF_AMOUNTS)].reset_index(drop=True)
    # A test is withheld where the shift that it is about is, and for the same reason.
    shifts = rows.loc[rows["metric"] == "mean_shift", [*keys, "status_reason"]]
    tests = tests.merge(shifts, on=keys).assign(metric="drift_adjusted_p")
    tests["value"] = tests["value"].where(tests["status_reason"].isna())
    found = kept[[*keys, "metric"]].merge(tests, on=[*keys, "metric"], how="left")
    is_test = found["convention_id"].notna()
    for column in ("value", "status_reason", "convention_id"):
        kept.loc[is_test, column] = found.loc[is_test, column]
    return kept


def mean_tests(bins: pd.DataFrame, sample: str) -> pd.DataFrame:
    """Return the test of each cohort of amounts: its mean against that of the sample `reference` or `previous`."""
    amounts = bins[bins["variable_kind"] == "numeric"]
    moments, cells = (amounts[(amounts["bin_id"] == MOMENTS) == flag].set_index(COHORT) for flag in (True, False))
    figures = []
    for name in ("current", sample):
        size = cells[f"{name}_count"].to_numpy(float, na_value=np.nan)
        sums = (moments.loc[cells.index, f"{name}_{part}_sum"].to_numpy(float) for part in ("value", "square"))
        figures.append((size, *sums))
    tests = pd.DataFrame({"value": mean_difference_p(*figures)}, index=cells.index).reset_index()
    return tests.assign(convention_id="difference_of_means_normal_p")


def mean_difference_p(current: tuple, reference: tuple) -> np.ndarray:
    """Return the two-sided p-value of a difference of means, normal approximation with unequal variances (Welch).

    Parameters
    ----------
    current, reference
        Size, sum and sum of squares of each sample, arrays of one shape. Without two values on a side it is NaN, and
        so it is where nothing varies.
    """
    means, variances = [], []
    with np.errstate(divide="ignore", invalid="ignore"):
        for size, total, squares in (current, reference):
            mean = total / size
            means.append(mean)
            variances.append(np.maximum(squares - size * mean**2, 0) / (size - 1) / size)
        error = np.sqrt(variances[0] + variances[1])
        z = np.where(error > 0, (means[0] - means[1]) / error, np.nan)
    return 2 * stats.norm.sf(np.abs(z))
