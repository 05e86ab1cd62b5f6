"""Profit-and-loss attribution: whether the risk engine's profit and loss moves as the front office's does."""

from __future__ import annotations

import numpy as np
from scipy.special import kolmogorov

__all__ = ["average_ranks", "ks_distance", "ks_p_value", "pla_zone", "spearman"]

GREEN_ABOVE_SPEARMAN, RED_BELOW_SPEARMAN = 0.80, 0.70
GREEN_BELOW_KS, RED_ABOVE_KS = 0.09, 0.12
DIGITS = 12


def average_ranks(values: np.ndarray) -> np.ndarray:
    """Return the rank of each value from 1; equal values share the average of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2.0)[place]


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Return the correlation of average ranks of pairs, shape (days,); NaN where one side is constant.

    Raises
    ------
    ValueError
        If the sides differ in length or hold a value that is not finite.
    """
    first, second = checked_pair(first, second)
    if first.size < 2:
        return np.nan
    a, b = (average_ranks(x) - (x.size + 1) / 2.0 for x in (first, second))
    scale = np.sqrt((a @ a) * (b @ b))
    return float(np.clip(a @ b / scale, -1.0, 1.0)) if scale > 0 else np.nan


def ks_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Return the greatest distance of two empirical distributions, evaluated on the pooled values.

    The samples are not paired: the order of days does not matter.

    Raises
    ------
    ValueError
        If the sides differ in length, are empty or hold a value that is not finite.
    """
    first, second = checked_pair(first, second)
    if not first.size:
        raise ValueError("ks_distance needs at least one day")
    pooled = np.concatenate([first, second])
    # Whole counts, so that 30 of 250 is 0.12 and not a rounding error above it.
    below = [np.searchsorted(np.sort(side), pooled, side="right") for side in (first, second)]
    return float(np.abs(below[0] - below[1]).max() / first.size)


def ks_p_value(distance: np.ndarray, first_size: np.ndarray, second_size: np.ndarray) -> np.ndarray:
    """Return the asymptotic p-value of a two-sample distance: Kolmogorov's distribution, all terms of its series."""
    first_size, second_size = np.asarray(first_size, float), np.asarray(second_size, float)
    return kolmogorov(np.sqrt(first_size * second_size / (first_size + second_size)) * distance)


def pla_zone(rho: np.ndarray, ks: np.ndarray) -> np.ndarray:
    """Return 0 for green, 1 for amber, 2 for red.

    Green needs a correlation above 0.80 and a distance below 0.09, both strictly; a correlation below 0.70 or a
    distance above 0.12 is red, both strictly. What equals a boundary is amber.

    Parameters
    ----------
    rho, ks
        Correlation and distance of the same shape, finite; compared after rounding to 12 digits.

    References
    ----------
    Basel Committee, MAR32.44; Regulation (EU) 2022/2059, articles 7 to 9. Libraries differ at the boundary itself.
    """
    rho, ks = np.round(rho, DIGITS), np.round(ks, DIGITS)
    is_red = (rho < RED_BELOW_SPEARMAN) | (ks > RED_ABOVE_KS)
    is_green = (rho > GREEN_ABOVE_SPEARMAN) & (ks < GREEN_BELOW_KS)
    return np.select([is_red, is_green], [2, 0], default=1)


def checked_pair(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both sides as numbers, or refuse them."""
    first, second = np.asarray(first, float), np.asarray(second, float)
    if first.shape != second.shape:
        raise ValueError(f"both sides must have the same days, not {first.shape} and {second.shape}")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("both sides must be finite; remove null days first")
    return first, second
