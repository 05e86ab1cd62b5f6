"""Confidence-based performance estimation: a classifier's expected figures from calibrated probabilities."""

from __future__ import annotations

import numpy as np

__all__ = ["CLASSIFICATION_METRICS", "classification_estimates", "expected_auc"]

CLASSIFICATION_METRICS = ("auc", "accuracy", "precision", "recall", "specificity", "f1", "event_rate")
# 97.5 % point of the standard normal distribution.
NORMAL_95 = 1.959963984540054


def classification_estimates(
    score: np.ndarray, predicted: np.ndarray | None, probability: np.ndarray, n: np.ndarray, *, inflation: float = 1.0
) -> dict[str, dict[str, float]]:
    """Return the expected figures of a window of predictions whose outcomes are not known.

    With the shares of events that came in place of probabilities these are the realised figures, exactly.

    Parameters
    ----------
    score
        Score of each cell of predictions, shape (k,): what the ranking goes by.
    predicted
        Whether the event was predicted, boolean, shape (k,); None where the model predicts no class.
    probability
        Calibrated probability of the event in each cell, shape (k,).
    n
        Predictions in each cell, shape (k,).
    inflation
        Factor of the variance: 1 + n / reference size for a fit on a sample, times the dispersion of days.

    Returns
    -------
    dict
        Metric -> value, standard_error, ci_low and ci_high; NaN where the metric has no value. The interval is that
        of the figure that independent outcomes with these probabilities would give, by the delta method; for accuracy,
        precision and event_rate, which are sums of outcomes, the variance is exact (Poisson binomial).

    Notes
    -----
    NannyML's CBPE (Kivimaki et al. 2024, Confidence-based estimators for predictive performance in model monitoring):
    assumes that probabilities are calibrated and that the outcome given the score has not changed.
    """
    score, probability, n = (np.asarray(values, dtype=float) for values in (score, probability, n))
    spread = n * probability * (1 - probability)
    size, positive = n.sum(), (n * probability).sum()
    figures = {
        "auc": expected_auc(score, probability, n),
        "event_rate": (ratio(positive, size), np.full(len(n), ratio(1.0, size))),
    }
    if predicted is not None:
        figures |= confusion_figures(np.asarray(predicted, dtype=bool), probability, n)
    return {
        metric: interval(value, np.sqrt(inflation * (spread * slope**2).sum()))
        for metric, (value, slope) in figures.items()
    }


def confusion_figures(
    predicted: np.ndarray, probability: np.ndarray, n: np.ndarray
) -> dict[str, tuple[float, np.ndarray]]:
    """Return the figures of the expected confusion matrix and how much each moves with one more event in a cell."""
    alarm = predicted.astype(float)
    size, alarms = n.sum(), (n * alarm).sum()
    positive, caught = (n * probability).sum(), (n * probability * alarm).sum()
    negative = size - positive
    cleared = negative - (alarms - caught)
    recall, specificity = ratio(caught, positive), ratio(cleared, negative)
    f1 = ratio(2 * caught, alarms + positive)
    return {
        "accuracy": (ratio(caught + cleared, size), (2 * alarm - 1) * ratio(1.0, size)),
        "precision": (ratio(caught, alarms), alarm * ratio(1.0, alarms)),
        "recall": (recall, (alarm - recall) * ratio(1.0, positive)),
        "specificity": (specificity, (specificity - (1 - alarm)) * ratio(1.0, negative)),
        "f1": (f1, (2 * alarm - f1) * ratio(1.0, alarms + positive)),
    }


def expected_auc(score: np.ndarray, probability: np.ndarray, n: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the expected area under the ROC curve, ties counted half, and its slope in one more event per cell.

    The area is that of expected events against expected non-events in the order of the score.
    """
    distinct, position = np.unique(score, return_inverse=True)
    events = np.bincount(position, weights=n * probability, minlength=len(distinct))
    others = np.bincount(position, weights=n * (1 - probability), minlength=len(distinct))
    positive, negative = events.sum(), others.sum()
    others_below = np.cumsum(others) - others / 2
    events_above = positive - np.cumsum(events) + events / 2
    area = ratio((events * others_below).sum(), positive * negative)
    slope = (others_below - events_above - area * (negative - positive)) * ratio(1.0, positive * negative)
    return area, slope[position]


def ratio(part: float, whole: float) -> float:
    """Return part / whole, NaN without a whole."""
    return part / whole if whole > 0 else np.nan


def interval(value: float, standard_error: float) -> dict[str, float]:
    """Return a share with its 95 % interval, within 0 and 1."""
    margin = NORMAL_95 * standard_error
    return {
        "value": value,
        "standard_error": standard_error,
        "ci_low": max(0.0, value - margin) if value == value else np.nan,
        "ci_high": min(1.0, value + margin) if value == value else np.nan,
    }
