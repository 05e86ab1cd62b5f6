"""Whether the Brier score is what the forecasts themselves promise."""

from __future__ import annotations

import numpy as np

__all__ = ["spiegelhalter_z"]


def spiegelhalter_z(
    cases: np.ndarray,
    *,
    event_count: np.ndarray,
    score_sum: np.ndarray,
    score_square_sum: np.ndarray,
    score_outcome_sum: np.ndarray,
    bin_width: np.ndarray,
    starts: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return Spiegelhalter's z of every cohort and its error bound, each of shape (cohorts,).

    Standard normal where every forecast is right. The numerator is a sum of what is known; of the variance, the third
    and fourth powers of scores inside a bin are known to the width of the bin, which gives the bound. NaN where the
    forecasts leave no variance, and the bound where bins are too wide for one.

    Parameters
    ----------
    cases, event_count, score_sum, score_square_sum, score_outcome_sum
        Sums of each bin, shape (bins,).
    bin_width
        Width of each bin, 0 where its scores are equal, same shape.
    starts
        First bin of every cohort, shape (cohorts,).

    References
    ----------
    Spiegelhalter, D. J. (1986), *Statistics in Medicine* 5, 421-433.
    """
    mean = score_sum / cases
    spread = np.where(bin_width > 0, np.maximum(score_square_sum - score_sum * mean, 0), 0)
    excess = event_count - score_sum - 2 * score_outcome_sum + 2 * score_square_sum
    variance = cases * (1 - 2 * mean) ** 2 * mean * (1 - mean) + spread * (24 * mean * (1 - mean) - 5)
    doubt = spread * bin_width * (8 + 16 * mean + 4 * bin_width)
    excess, variance, doubt = (np.add.reduceat(terms, starts) for terms in (excess, variance, doubt))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(variance > 0, excess / np.sqrt(variance), np.nan)
        most = np.where(variance > doubt, np.abs(excess) / np.sqrt(variance - doubt), np.nan)
    return z, most - np.abs(z)
