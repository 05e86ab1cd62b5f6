"""What a score meant on the reference: the share of events, or the error, that came with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

__all__ = ["StepCurve", "fit_isotonic", "fit_steps"]


@dataclass(frozen=True)
class StepCurve:
    """A curve through knots: straight lines between them, and flat beyond the outer ones."""

    knots: np.ndarray
    values: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return the curve's values at points of any shape; null where a point is."""
        return np.interp(np.asarray(points, dtype=float), self.knots, self.values)


def fit_isotonic(points: np.ndarray, sums: np.ndarray, counts: np.ndarray) -> StepCurve:
    """Return the non-decreasing curve nearest to the mean of each point, by least squares weighted with the counts.

    Fitted on counts it is the curve that its rows would give: a point's rows all have the same fitted value.

    Parameters
    ----------
    points
        Scores or cells of scores, shape (k,), in any order and repeated at will.
    sums, counts
        Events (or summed errors) and outcomes of each point, shape (k,); points without outcomes are left out.

    Raises
    ------
    ValueError
        Without any outcome.

    Notes
    -----
    Zadrozny and Elkan (2002), Transforming classifier scores into accurate multiclass probability estimates,
    section 4; linear between knots and clipped, as in scikit-learn's IsotonicRegression.
    """
    knots, means, weights = point_means(points, sums, counts)
    return StepCurve(knots, isotonic_regression(means, weights=weights).x)


def fit_steps(points: np.ndarray, sums: np.ndarray, counts: np.ndarray, *, groups: int) -> StepCurve:
    """Return the mean within groups of neighbouring points that hold about as many outcomes each, no order assumed.

    Parameters
    ----------
    points, sums, counts
        As in fit_isotonic.
    groups
        Most groups; a point is never split.
    """
    knots, means, weights = point_means(points, sums, counts)
    middle = np.cumsum(weights) - weights / 2
    group = np.minimum((groups * middle / weights.sum()).astype(int), groups - 1)
    totals = np.bincount(group, weights=means * weights, minlength=groups)
    sizes = np.bincount(group, weights=weights, minlength=groups)
    return StepCurve(knots, totals[group] / sizes[group])


def point_means(points: np.ndarray, sums: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the distinct points with outcomes in order, the mean of each and its number of outcomes."""
    points, sums, counts = (np.asarray(values, dtype=float) for values in (points, sums, counts))
    knots, position = np.unique(points, return_inverse=True)
    total = np.bincount(position, weights=sums, minlength=len(knots))
    weight = np.bincount(position, weights=counts, minlength=len(knots))
    if not (weight > 0).any():
        raise ValueError("a calibrator needs at least one outcome")
    is_known = weight > 0
    return knots[is_known], total[is_known] / weight[is_known], weight[is_known]
