"""How far apart two groups are scored, in standard deviations."""

from __future__ import annotations

import numpy as np

from dbt_model_risk.drift.rates import standard_deviation
from dbt_model_risk.market_risk.scores import Z_95

__all__ = ["standardised_mean_difference"]


def standardised_mean_difference(
    size: np.ndarray,
    score_sum: np.ndarray,
    score_square_sum: np.ndarray,
    other_size: np.ndarray,
    other_score_sum: np.ndarray,
    other_score_square_sum: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the first mean less the second over the pooled standard deviation, and the ends of its 95 % interval.

    NaN where the scores of both do not vary or there are fewer than three.

    Parameters
    ----------
    size, score_sum, score_square_sum, other_size, other_score_sum, other_score_square_sum
        Number of scores, their sum and the sum of their squares, one shape.

    References
    ----------
    Cohen, J. (1988), *Statistical Power Analysis for the Behavioral Sciences*, section 2.2; interval from the
    asymptotic variance of Hedges, L. V. and Olkin, I. (1985), *Statistical Methods for Meta-Analysis*, section 5.
    """
    n, m = np.asarray(size, float), np.asarray(other_size, float)
    variance = standard_deviation(n, score_sum, score_square_sum) ** 2
    other_variance = standard_deviation(m, other_score_sum, other_score_square_sum) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = np.sqrt((n * variance + m * other_variance) / (n + m - 2))
        difference = (score_sum / n - other_score_sum / m) / pooled
        difference = np.where((pooled > 0) & (n + m > 2), difference, np.nan)
        margin = Z_95 * np.sqrt((n + m) / (n * m) + difference**2 / (2 * (n + m)))
    return difference, difference - margin, difference + margin
