"""What the Brier score is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["BrierParts", "brier_parts", "skill"]


@dataclass(frozen=True)
class BrierParts:
    """Parts of the Brier score: reliability - resolution + uncertainty + within_variance - within_covariance."""

    reliability: np.ndarray
    resolution: np.ndarray
    uncertainty: np.ndarray
    within_variance: np.ndarray
    within_covariance: np.ndarray


def brier_parts(
    cases: np.ndarray,
    *,
    event_count: np.ndarray,
    score_sum: np.ndarray,
    score_square_sum: np.ndarray,
    score_outcome_sum: np.ndarray,
) -> BrierParts:
    """Return the parts over groups of forecasts, each of shape (...); NaN without a case.

    Where all forecasts of a group are equal, the two terms within groups are zero and the three of Murphy remain.

    Parameters
    ----------
    cases, event_count, score_sum, score_square_sum, score_outcome_sum
        Sums per group, shape (..., groups); a group without cases adds nothing.

    References
    ----------
    Murphy, A. H. (1973), *Journal of Applied Meteorology* 12, 595-600; Stephenson, D. B., Coelho, C. A. S. and
    Jolliffe, I. T. (2008), *Weather and Forecasting* 23, 752-757 (the terms within groups).
    """
    total = cases.sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        base_rate = event_count.sum(-1) / total
        rate, mean = event_count / cases, score_sum / cases

        def share(terms: np.ndarray) -> np.ndarray:
            return np.where(cases > 0, terms, 0).sum(-1) / total

        return BrierParts(
            reliability=share(cases * (mean - rate) ** 2),
            resolution=share(cases * (rate - base_rate[..., None]) ** 2),
            uncertainty=base_rate * (1 - base_rate),
            within_variance=share(np.maximum(score_square_sum - score_sum * mean, 0)),
            within_covariance=2 * share(score_outcome_sum - score_sum * rate),
        )


def skill(score: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return by what share a score, of which less is better, beats its reference; NaN where that is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(reference > 0, 1 - score / reference, np.nan)
