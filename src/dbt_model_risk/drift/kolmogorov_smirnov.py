"""The largest gap between two distribution functions, from counts on cells."""

from __future__ import annotations

import numpy as np

from dbt_model_risk.drift.cells import cumulative_range
from dbt_model_risk.drift.shares import paired_counts

__all__ = ["ks_distance", "ks_p_value"]


def ks_distance(
    reference: np.ndarray, current: np.ndarray, *, reference_inside: np.ndarray, current_inside: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the two-sample Kolmogorov-Smirnov distance at the edges and its error bound, each of shape (...).

    The distance of the samples themselves lies in [distance, distance + bound]: inside a cell the gap can grow by no
    more than the mass that lies inside it.

    Parameters
    ----------
    reference, current
        Counts on ordered cells, missing values left out, shape (..., cells).
    reference_inside, current_inside
        Whether mass may lie strictly inside the cell (see cells.mass_inside), same shape.

    References
    ----------
    Smirnov, N. (1948), *Annals of Mathematical Statistics* 19, 279-281.
    """
    reference, current = paired_counts(reference, current)
    before_start, before_most, before_end = cumulative_range(reference, reference_inside)
    after_start, after_most, after_end = cumulative_range(current, current_inside)
    distance = np.abs(before_end - after_end).max(-1)
    most = np.maximum(before_most - after_start, after_most - before_start).max(-1)
    return distance, np.maximum(most - distance, 0)


def ks_p_value(distance: np.ndarray, *, reference_size: np.ndarray, current_size: np.ndarray) -> np.ndarray:
    """Return the asymptotic two-sided p-value of a two-sample distance: of one sample of size n m / (n + m), rounded.

    Parameters
    ----------
    distance
        Kolmogorov-Smirnov distance, shape (...). From cells it is no more than the samples' own, and p no less.
    reference_size, current_size
        Sample sizes, same shape.

    References
    ----------
    Pelz, W. and Good, I. J. (1976), *Journal of the Royal Statistical Society B* 38(2), 152-156;
    Simard, R. and L'Ecuyer, P. (2011), *Journal of Statistical Software* 39(11).
    """
    distance, n, m = np.broadcast_arrays(*(np.asarray(x, float) for x in (distance, reference_size, current_size)))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.round(n * m / (n + m))
    z = np.sqrt(size) * distance
    # Outside these limits p differs from 1 or 0 by less than 1e-13.
    inner = np.clip(np.where(np.isnan(z), 1, z), 0.2, 4)
    series = 1 - pelz_good(inner, np.where(size > 0, size, 1))
    p_value = np.clip(np.where(z < 0.2, 1.0, np.where(z > 4, 0.0, series)), 0, 1)
    return np.where(np.isnan(z) | ~(size > 0), np.nan, p_value)


def pelz_good(z: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return P(sqrt(n) D_n <= z) to order n^-3/2, by Jacobi's form of the series, for 0.2 <= z <= 4."""
    z, root = z[..., None], np.sqrt(size)
    square = z**2
    odd = (np.pi * (np.arange(24) + 0.5)) ** 2
    even = (np.pi * np.arange(1, 24)) ** 2
    odd_weights = np.sqrt(2 * np.pi) * np.exp(-odd / (2 * square))
    even_weights = np.sqrt(2 * np.pi) * np.exp(-even / (2 * square))
    terms = [
        odd_weights / z,
        odd_weights * (odd - square) / (6 * z**4),
        odd_weights * (6 * z**6 + 2 * z**4 + (2 * z**4 - 5 * square) * odd + (1 - 2 * square) * odd**2) / (72 * z**7),
        odd_weights
        * (
            (5 - 30 * square) * odd**3
            + (212 * z**4 - 60 * square) * odd**2
            + (135 * z**4 - 96 * z**6) * odd
            - 30 * z**6
            - 90 * z**8
        )
        / (6480 * z**10),
    ]
    k0, k1, k2, k3 = (term.sum(-1) for term in terms)
    k2 = k2 - (even_weights * even / (36 * z**3)).sum(-1)
    k3 = k3 + (even_weights * even * (3 * square - even) / (216 * z**6)).sum(-1)
    return k0 + k1 / root + k2 / root**2 + k3 / root**3
