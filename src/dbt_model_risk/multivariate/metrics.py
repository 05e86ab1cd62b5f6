"""Metric rows of multivariate drift, from the sampled rows of each version."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dbt_model_risk.metric_frame import metric_frame
from dbt_model_risk.multivariate.domain_classifier import domain_auc
from dbt_model_risk.multivariate.encoding import encoded
from dbt_model_risk.multivariate.reconstruction import components, reconstruction_errors

__all__ = ["multivariate_metrics"]

CHUNKS, DAYS = 10, 30
CONVENTIONS = {
    "reconstruction_error": "pca_65_band_of_10_reference_chunks_3sd",
    "reconstruction_error_shift": "pca_65_deviations_of_10_reference_chunks",
    "domain_classifier_auc": "random_forest_5_folds_hanley_mcneil_95",
}


def multivariate_metrics(
    samples: pd.DataFrame, baselines: pd.DataFrame, *, as_of_date: str, minimum_sample: int
) -> pd.DataFrame:
    """Return how far the features of the latest 30 days have moved together.

    Parameters
    ----------
    samples
        Columns model_id, model_version, sample_window ('reference' or 'current'), row_number, variable,
        number_value and text_value: one row per version, window, sampled case and feature.
    baselines
        The frozen bins: columns model_id, model_version, variable, variable_kind, bin_id and category.
    as_of_date
        Last day of the current window, ISO.
    minimum_sample
        Fewest cases of a window.

    Returns
    -------
    DataFrame
        Columns of `metric_frame`: reconstruction_error, whose interval is the band of the reference (mean +- 3
        deviations of ten chunks of it), reconstruction_error_shift, the distance from that mean in such deviations, and
        domain_classifier_auc with its 95 % interval.

    Raises
    ------
    UserError
        Without scikit-learn, where there is anything to classify.
    """
    rows = [
        row
        for (model_id, version), sample in samples.groupby(["model_id", "model_version"], sort=True)
        for row in version_rows(
            {"model_id": model_id, "model_version": version},
            sample,
            baselines[(baselines["model_id"] == model_id) & (baselines["model_version"] == version)],
            minimum_sample,
        )
    ]
    last = pd.Timestamp(as_of_date)
    frame = pd.DataFrame(rows, columns=["model_id", "model_version", "metric", "value", "ci_low", "ci_high",
                                        "sample_size", "status_reason", "convention_id"])  # fmt: skip
    return metric_frame(
        frame.assign(
            segment_key="all",
            segment_value="all",
            period_grain="rolling_30",
            period_start=last - pd.Timedelta(days=DAYS - 1),
            period_end=last,
            known_date=last,
        )
    )


def version_rows(keys: dict, sample: pd.DataFrame, bins: pd.DataFrame, minimum_sample: int) -> Iterator[dict]:
    """Yield the three rows of one version."""
    kinds = bins.drop_duplicates("variable").set_index("variable")["variable_kind"]
    frozen = bins[(bins["variable_kind"] == "categorical") & (bins["bin_id"] >= 0)].sort_values("bin_id")
    categories = frozen.groupby("variable")["category"].agg(list).to_dict()
    windows = {window: wide(part, kinds) for window, part in sample.groupby("sample_window")}
    reference, current = (windows.get(window, pd.DataFrame()) for window in ("reference", "current"))
    sizes = {"sample_size": len(current)}
    reason = (
        "no_baseline" if reference.empty
        else "no_data" if current.empty
        else "small_sample" if min(len(reference), len(current)) < minimum_sample
        else None
    )  # fmt: skip
    if reason:
        for metric, convention in CONVENTIONS.items():
            yield keys | sizes | {"metric": metric, "status_reason": reason, "convention_id": convention}
        return
    # A feature that one window lacks is a change of definition, which is found elsewhere.
    shared = [name for name in reference.columns if name in current.columns]
    before, after = encoded(reference[shared], current[shared], categories)
    rows = components(before)
    chunks = [reconstruction_errors(chunk, rows).mean() for chunk in np.array_split(before, CHUNKS)]
    middle, spread = np.mean(chunks), np.std(chunks, ddof=1)
    error = reconstruction_errors(after, rows).mean()
    band = {"ci_low": middle - 3 * spread, "ci_high": middle + 3 * spread}
    auc, deviation = domain_auc(before, after)
    interval = {"ci_low": max(0, auc - 1.959964 * deviation), "ci_high": min(1, auc + 1.959964 * deviation)}
    # Rounding is no spread: without one there is nothing to measure a shift in.
    shift = (error - middle) / spread if spread > 1e-12 else np.nan
    for metric, figures in {
        "reconstruction_error": {"value": error} | band,
        "reconstruction_error_shift": {"value": shift, "status_reason": None if spread > 1e-12 else "zero_variance"},
        "domain_classifier_auc": {"value": auc} | interval,
    }.items():
        yield keys | sizes | {"metric": metric, "convention_id": CONVENTIONS[metric]} | figures


def wide(part: pd.DataFrame, kinds: pd.Series) -> pd.DataFrame:
    """Return one row per case in the order of the sample, and one column per feature in the order of names."""
    is_number = part["variable"].map(kinds).eq("numeric")
    values = part["text_value"].astype(object).where(~is_number, part["number_value"])
    # pivot_table would drop a feature that is missing throughout
    return part.assign(value=values).pivot(index="row_number", columns="variable", values="value")  # noqa: PD010
