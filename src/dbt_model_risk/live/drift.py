"""The table of live drift: every window against the frozen baseline and against the window before it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dbt_model_risk.drift.metrics import drift_rows
from dbt_model_risk.metric_frame import METRIC_COLUMNS, metric_frame

__all__ = ["LIVE_DRIFT_COLUMNS", "live_drift_metrics", "psi_above_chance"]

LIVE_DRIFT_COLUMNS = {
    **METRIC_COLUMNS,
    "reference": "string",
    "window_key": "string",
    "known_until": "datetime64[us]",
}
# What each reference is called in met_live_bins, and the reason why there is none.
REFERENCES = {"baseline": ("reference", "no_baseline"), "preceding": ("previous", "no_preceding_window")}
SUMS = ["count", "value_sum", "square_sum"]


def live_drift_metrics(bins: pd.DataFrame, *, minimum_sample: int) -> pd.DataFrame:
    """Return the drift of every variable of every window and segment against both references.

    Against the baseline there is psi_above_chance too: the stability index where it exceeds what chance gives at the
    sample's size, else 0. A large index of a small sample alarms nobody.

    Parameters
    ----------
    bins
        Rows of met_live_bins: counts of the window, of the baseline and of the window before it per variable and bin.
    minimum_sample
        Fewest rows of either sample to be compared.

    Returns
    -------
    pandas.DataFrame
        Columns of LIVE_DRIFT_COLUMNS, ordered by reference, window, segment, variable and metric.
    """
    if bins.empty:
        return live_frame(pd.DataFrame())
    cohort = ["window_key", "segment_key", "segment_value"]
    bins = bins.sort_values(cohort, kind="stable", ignore_index=True)
    bins["cohort_number"] = bins.groupby(cohort, sort=False).ngroup()
    frames = []
    for reference, (sample, no_reference) in REFERENCES.items():
        columns = {f"reference_{name}": bins[f"{sample}_{name}"] for name in SUMS}
        rows = drift_rows(bins.assign(**columns), minimum_sample=minimum_sample, no_reference=no_reference)
        if reference == "baseline":
            rows = pd.concat([rows, above_chance(rows)], ignore_index=True)
        frames.append(rows.assign(reference=reference))
    rows = pd.concat(frames, ignore_index=True)
    names = bins.drop_duplicates("cohort_number").set_index("cohort_number")[["window_key", "known_until"]]
    rows = rows.join(names, on="cohort_number").assign(known_date=lambda frame: frame["known_until"])
    return live_frame(rows)


def above_chance(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the stability index where it is larger than chance makes it, 0 where it is not."""
    index = rows[rows["metric"] == "psi"].reset_index(drop=True)
    critical = rows.loc[rows["metric"] == "psi_critical_value", "value"].to_numpy()
    p_value = rows.loc[rows["metric"] == "chi_square", "p_value"].to_numpy()
    return index.assign(
        metric="psi_above_chance",
        value=psi_above_chance(index["value"].to_numpy(float), critical=critical, chi_square_p=p_value),
        convention_id="psi_where_above_yurdakul_naranjo_95_and_chi_square_95",
    )


def psi_above_chance(index: np.ndarray, *, critical: np.ndarray, chi_square_p: np.ndarray) -> np.ndarray:
    """Return the index where both tests at 95 % say that chance does not explain it, else 0; NaN stays NaN.

    The critical value is right for large samples: with six cases a bin it is exceeded in 11 % of samples without
    drift, since empty bins weigh heavily. Chi-square keeps the rate at 5 % there.

    Parameters
    ----------
    index, critical, chi_square_p
        The index, what chance makes of it, and the p-value on the same bins; one shape.
    """
    is_above = (index > critical) & (chi_square_p <= 0.05)
    return np.where(np.isnan(index), np.nan, np.where(is_above, index, 0.0))


def live_frame(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the columns, order and types of the table."""
    own = [column for column in LIVE_DRIFT_COLUMNS if column not in METRIC_COLUMNS]
    frame = metric_frame(rows)
    for column in own:
        frame[column] = rows[column].to_numpy() if len(rows) else None
    return frame.astype(LIVE_DRIFT_COLUMNS)
