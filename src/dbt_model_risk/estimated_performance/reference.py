"""What a version's baseline says about its scores: the calibrator, its figures, and how much they vary by chunk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from dbt_model_risk.estimated_performance.calibrator import StepCurve, fit_isotonic, fit_steps
from dbt_model_risk.estimated_performance.cells import Cells, read_cells
from dbt_model_risk.estimated_performance.classification import classification_estimates
from dbt_model_risk.estimated_performance.regression import regression_estimates

__all__ = ["Reference", "expected_sums", "read_reference", "realised_figures"]

CHUNK_DAYS = {"day": 1, "week": 7, "month": None, "rolling_7": 7, "rolling_30": 30}
# A standard deviation of fewer chunks says little.
MINIMUM_CHUNKS = 4
STEPS = 10


@dataclass(frozen=True)
class Reference:
    """A calibrator and what it was fitted on.

    `curves` has `event` for a classifier, `absolute` and `square` for a forecast. `bands` has the lowest and highest
    usual value of a metric over chunks as long as a window, by (window_id, metric). `dispersion` is how much more the
    sums of a day vary than those of independent outcomes, at least 1: a day's outcomes share its shocks.
    """

    is_classifier: bool
    binned_by: str
    curves: dict[str, StepCurve]
    cells: Cells
    realised: dict[str, float]
    bands: dict[tuple[str, str], tuple[float, float]]
    dispersion: float
    coverage: float
    known_on: pd.Timestamp

    @property
    def size(self) -> float:
        return float(self.cells.outcomes.sum())

    def unseen_share(self, cells: Cells) -> float:
        """Return the share of predictions in cells outside those of the reference, or in none."""
        seen = self.cells.points
        is_seen = (cells.points >= seen.min()) & (cells.points <= seen.max())
        return float(cells.n[~is_seen].sum() / cells.n.sum())


def read_reference(frame: pd.DataFrame, *, is_classifier: bool) -> Reference | None:
    """Return the reference of one version from its rows of met_live_references; None without outcomes.

    Parameters
    ----------
    frame
        Counts of one version by day, cell and predicted class.
    is_classifier
        Whether outcomes are events; else they are amounts, and errors are what is expected.
    """
    known = frame[(frame["outcome_count"] > 0) & frame["score_bin"].notna()]
    known = known.sort_values(["event_date", "score_bin", "predicted_class"], kind="stable")
    if known.empty:
        return None
    cells, binned_by = read_cells(known), known["binned_by"].iloc[0]
    curves = fit_curves(cells, is_classifier=is_classifier, binned_by=binned_by)
    return Reference(
        is_classifier=is_classifier,
        binned_by=binned_by,
        curves=curves,
        cells=cells,
        realised={metric: figure["value"] for metric, figure in realised_figures(cells, is_classifier).items()},
        bands=chunk_bands(known, cells, is_classifier=is_classifier),
        dispersion=dispersion_by_day(cells, pd.factorize(known["event_date"])[0], curves),
        coverage=float(frame["outcome_count"].sum() / max(frame["n"].sum(), 1)),
        known_on=pd.Timestamp(known["reference_known_on"].iloc[0]),
    )


def fit_curves(cells: Cells, *, is_classifier: bool, binned_by: str) -> dict[str, StepCurve]:
    """Fit what is monotone by isotonic regression: events by score, and errors by width of interval."""
    if is_classifier:
        return {"event": fit_isotonic(cells.points, cells.events, cells.outcomes)}
    # By score there is no order to expect: errors may be large at either end.
    fit = fit_isotonic if binned_by == "interval_width" else partial(fit_steps, groups=STEPS)
    return {
        "absolute": fit(cells.points, cells.absolute_errors, cells.outcomes),
        "square": fit(cells.points, cells.squared_errors, cells.outcomes),
    }


def expected_sums(cells: Cells, curves: dict[str, StepCurve]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what came in each cell, what its outcomes let expect, and the variance of that if they are independent."""
    is_classifier = "event" in curves
    mean = curves["event" if is_classifier else "absolute"](cells.points)
    square = mean if is_classifier else curves["square"](cells.points)
    came = cells.events if is_classifier else cells.absolute_errors
    return came, cells.outcomes * mean, cells.outcomes * np.maximum(0.0, square - mean**2)


def dispersion_by_day(cells: Cells, day: np.ndarray, curves: dict[str, StepCurve]) -> float:
    """Return the mean of squared standardised gaps of days, at least 1 (McCullagh and Nelder 1989, section 4.5)."""
    came, expected, variance = expected_sums(cells, curves)
    gap, spread = np.bincount(day, weights=came - expected), np.bincount(day, weights=variance)
    is_tested = spread > 0
    return max(1.0, float((gap[is_tested] ** 2 / spread[is_tested]).mean())) if is_tested.any() else 1.0


def realised_figures(cells: Cells, is_classifier: bool) -> dict[str, dict[str, float]]:
    """Return the figures that the outcomes of these cells give."""
    n = cells.outcomes
    if is_classifier:
        alarm = cells.is_alarm if cells.predicts_class else None
        return classification_estimates(cells.points, alarm, cells.events / n, n)
    return regression_estimates(cells.absolute_errors / n, cells.squared_errors / n, n)


def chunk_bands(
    known: pd.DataFrame, cells: Cells, *, is_classifier: bool
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return mean -+ 3 standard deviations of each metric over whole chunks of the reference, in order of days."""
    first, last = pd.Timestamp(known["baseline_from"].iloc[0]), pd.Timestamp(known["baseline_to"].iloc[0])
    days = pd.to_datetime(known["event_date"])
    top = 1.0 if is_classifier else np.inf
    bands = {}
    for window_id, length in CHUNK_DAYS.items():
        if length is None:
            chunk = (days.dt.year * 12 + days.dt.month).to_numpy()
        else:
            chunk = ((days - first).dt.days // length).to_numpy()
        ends = np.flatnonzero(np.diff(chunk, append=chunk[-1] + 1)) + 1
        if length is not None and chunk[-1] >= ((last - first).days + 1) // length:
            ends = ends[:-1]
        figures = [
            realised_figures(cells.take(slice(start, end)), is_classifier)
            for start, end in zip([0, *ends[:-1]], ends, strict=True)
        ] if len(ends) else []  # fmt: skip
        # A chunk without both classes has no area, and no few chunks stand for all.
        for metric in figures[0] if len(figures) >= MINIMUM_CHUNKS else ():
            series = np.array([figure[metric]["value"] for figure in figures])
            if np.isfinite(series).all():
                margin = 3 * series.std(ddof=1)
                bands[window_id, metric] = (max(0.0, series.mean() - margin), min(top, series.mean() + margin))
    return bands
