"""The table of estimated performance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dbt_model_risk.estimated_performance.agreement import Agreement, agreement
from dbt_model_risk.estimated_performance.cells import Cells, read_cells
from dbt_model_risk.estimated_performance.classification import classification_estimates
from dbt_model_risk.estimated_performance.reference import Reference, expected_sums, read_reference
from dbt_model_risk.estimated_performance.regression import regression_estimates
from dbt_model_risk.metric_frame import METRIC_COLUMNS, metric_frame

__all__ = ["Assumptions", "estimate_metrics"]

ESTIMATED = {
    "binary": ("auc", "accuracy", "f1", "precision", "recall", "event_rate"),
    "regression": ("mae", "rmse"),
}
# Figures that rest on the few events, or on telling events from others.
BY_CLASS = {"auc", "f1", "precision", "recall"}
NUMBERS = ("value", "ci_low", "ci_high")
EXTRA_COLUMNS = {
    "window_key": "string",
    "known_until": "datetime64[us]",
    "reference_value": "float64",
    "band_low": "float64",
    "band_high": "float64",
}


@dataclass(frozen=True)
class Assumptions:
    """What an estimate rests on; beyond these limits it is withheld.

    Attributes
    ----------
    minimum_sample, minimum_class_count
        Fewest predictions of a window, and fewest expected events and others for figures by class.
    minimum_coverage
        Least share of the reference's predictions with an outcome.
    unseen_share
        Largest share of a window's predictions with a score outside the reference's.
    gap_share, gap_p_value
        The calibrator has failed where matured outcomes lie further from it, as a share of what it expected, than
        the first and the p-value is below the second: neither a small gap nor chance withholds an estimate.
    """

    minimum_sample: float = 100
    minimum_class_count: float = 20
    minimum_coverage: float = 0.8
    unseen_share: float = 0.05
    gap_share: float = 0.1
    gap_p_value: float = 0.01


def estimate_metrics(
    windows: pd.DataFrame,
    counts: pd.DataFrame,
    references: pd.DataFrame,
    models: pd.DataFrame,
    *,
    assumptions: Assumptions,
) -> pd.DataFrame:
    """Return the estimated performance of every window.

    Parameters
    ----------
    windows
        Rows of met_live_windows that are wanted.
    counts
        Rows of met_live_score_counts of at least these windows.
    references
        Rows of met_live_references.
    models
        Rows of the register with model_id and problem_type.
    assumptions
        When to withhold an estimate.

    Returns
    -------
    pandas.DataFrame
        Metric rows (see metric_frame) with window_key, known_until, the value on the reference and the band of its
        chunks; a row depends on nothing that became known after known_until.
    """
    types = models.drop_duplicates("model_id", keep="last").set_index("model_id")["problem_type"].to_dict()
    by_version = {key: cells for key, cells in references.groupby(["model_id", "model_version"])}
    # In one order, so that no sum of doubles depends on how the warehouse hands rows over.
    counts = counts.sort_values(["score_bin", "predicted_class"], kind="stable", ignore_index=True)
    cells = read_cells(counts)
    by_part = counts.groupby(["window_key", "part"]).indices
    none = np.array([], dtype=int)
    known: dict[tuple[str, str], Reference | None] = {}
    rows: list[dict] = []
    for window in windows.sort_values("window_key").to_dict("records"):
        version = (window["model_id"], window["model_version"])
        kind = types.get(version[0])
        if kind not in ESTIMATED:
            continue
        if version not in known:
            rows_of = by_version.get(version)
            known[version] = None if rows_of is None else read_reference(rows_of, is_classifier=kind == "binary")
        scored, matured = (
            cells.take(by_part.get((window["window_key"], part), none)) for part in ("scored", "matured")
        )
        rows += window_rows(window, kind, scored, matured, known[version], assumptions)
    frame = pd.DataFrame(rows, columns=[*METRIC_COLUMNS, *EXTRA_COLUMNS])
    return pd.concat([metric_frame(frame), frame[list(EXTRA_COLUMNS)].astype(EXTRA_COLUMNS)], axis=1)


def window_rows(
    window: dict,
    kind: str,
    scored: Cells,
    matured: Cells,
    reference: Reference | None,
    assumptions: Assumptions,
) -> list[dict]:
    """Return the metric rows of one window."""
    head = {
        **{name: window[name] for name in ("model_id", "model_version", "window_key", "known_until")},
        **{"segment_key": "all", "segment_value": "all", "period_grain": window["window_id"]},
        **{"period_start": window["period_start"], "period_end": window["period_end"]},
        "known_date": window["known_until"],
    }
    is_due = reference is not None and pd.Timestamp(window["known_until"]) >= reference.known_on
    check = matured_agreement(matured, reference) if is_due else None
    size = int(scored.n.sum())
    reason = withheld_reason(scored, reference, check, assumptions, is_due=is_due)
    figures = window_figures(scored, reference) if reference is not None and size else {}
    rows = []
    for metric in ESTIMATED[kind]:
        figure = figures.get(metric, dict.fromkeys(NUMBERS, np.nan))
        why = reason or metric_reason(metric, figure, figures, size, assumptions)
        given = {name: np.nan if why else figure[name] for name in NUMBERS}
        base = np.nan if reference is None or not is_due else reference.realised.get(metric, np.nan)
        band = (np.nan, np.nan)
        if is_due:
            band = reference.bands.get((window["window_id"], metric), band)
        shared = {"sample_size": size, "status_reason": why, "reference_value": base}
        rows.append(
            head | shared | given
            | {"metric": f"estimated_{metric}", "convention_id": convention(kind, reference)}
            | {"band_low": band[0], "band_high": band[1]}
        )  # fmt: skip
        if metric in ("auc", "mae"):
            rows.append(head | shared | worsening(metric, given, base, convention(kind, reference)))
    return [*rows, head | check_row(check, assumptions)]


def window_figures(scored: Cells, reference: Reference) -> dict[str, dict[str, float]]:
    """Return the estimates of one window, as if nothing withheld them."""
    placed = scored.take(~np.isnan(scored.points))
    if not placed.n.sum():
        return {}
    inflation = reference.dispersion * (1 + placed.n.sum() / reference.size)
    expected = {name: curve(placed.points) for name, curve in reference.curves.items()}
    if reference.is_classifier:
        alarm = placed.is_alarm if reference.cells.predicts_class else None
        return classification_estimates(placed.points, alarm, expected["event"], placed.n, inflation=inflation)
    return regression_estimates(expected["absolute"], expected["square"], placed.n, inflation=inflation)


def matured_agreement(matured: Cells, reference: Reference) -> Agreement:
    """Compare the outcomes that came due last with what the calibrator expects of their scores."""
    placed = matured.take((matured.outcomes > 0) & ~np.isnan(matured.points))
    came, expected, variance = expected_sums(placed, reference.curves)
    return agreement(
        placed.points,
        realised=came,
        expected=expected,
        variance=reference.dispersion * variance,
        n=placed.outcomes,
        reference=(reference.cells.points, reference.cells.outcomes),
    )


def withheld_reason(
    scored: Cells,
    reference: Reference | None,
    check: Agreement | None,
    assumptions: Assumptions,
    *,
    is_due: bool,
) -> str | None:
    """Return why a window has no estimate: the first assumption that does not hold."""
    if reference is None:
        return "no_baseline"
    if not is_due or reference.coverage < assumptions.minimum_coverage:
        return "immature"
    if scored.n.sum() < assumptions.minimum_sample:
        return "small_sample"
    if has_failed(check, assumptions):
        return "calibration_failed"
    return "unseen_region" if reference.unseen_share(scored) > assumptions.unseen_share else None


def has_failed(check: Agreement | None, assumptions: Assumptions) -> bool:
    """Whether outcomes since then contradict the calibrator by more than chance and by more than a little."""
    if check is None or check.sample_size < assumptions.minimum_sample:
        return False
    return bool(check.p_value < assumptions.gap_p_value and check.gap_share > assumptions.gap_share)


def metric_reason(
    metric: str, figure: dict[str, float], figures: dict, size: int, assumptions: Assumptions
) -> str | None:
    """Return why one figure of a window that has estimates has no value."""
    if not figure:
        return "no_data"
    if metric in BY_CLASS and "event_rate" in figures:
        rate = figures["event_rate"]["value"]
        if size * min(rate, 1 - rate) < assumptions.minimum_class_count:
            return "small_sample"
    return "no_data" if np.isnan(figure["value"]) else None


def worsening(metric: str, given: dict[str, float], base: float, convention_id: str) -> dict:
    """Return how much worse the estimate is than the reference: AUC lost, or mean absolute error gained as a share."""
    is_drop = metric == "auc"
    low, value, high = (
        base - given[name] if is_drop else (given[name] / base - 1 if base > 0 else np.nan)
        for name in ("ci_low", "value", "ci_high")
    )
    row = {
        "metric": "estimated_auc_drop" if is_drop else "estimated_mae_rise",
        "convention_id": convention_id + ("_reference_less_estimate" if is_drop else "_over_reference"),
        **{"value": value, "ci_low": high if is_drop else low, "ci_high": low if is_drop else high},
    }
    return row | ({"status_reason": "zero_variance"} if np.isnan(value) and not np.isnan(given["value"]) else {})


def check_row(check: Agreement | None, assumptions: Assumptions) -> dict:
    """Return the check itself as a metric: how far matured outcomes lie from what was expected of them."""
    size = check.sample_size if check else 0
    is_known = size >= assumptions.minimum_sample and not np.isnan(check.gap_share)
    return {
        "metric": "calibration_gap",
        "value": check.gap_share if is_known else np.nan,
        "p_value": check.p_value if is_known else np.nan,
        "sample_size": size,
        "status_reason": None if is_known else ("small_sample" if size else "immature"),
        "convention_id": "gap_share_5_groups_and_total_chi_square",
    }


def convention(kind: str, reference: Reference | None) -> str:
    if kind == "binary":
        return "cbpe_isotonic_delta_95"
    is_width = reference is None or reference.binned_by == "interval_width"
    return "dle_isotonic_by_interval_width_95" if is_width else "dle_steps_by_score_95"
