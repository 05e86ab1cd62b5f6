"""How many days pass, on average, before a chart alarms: the price of its sensitivity."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

__all__ = ["cusum_run_length", "ewma_run_length"]

NODES = 80


def cusum_run_length(allowance: float, limit: float, *, shift: float = 0.0) -> float:
    """Return the average run length of a two-sided CUSUM on independent normal values of deviation 1, from 0.

    Parameters
    ----------
    allowance, limit
        K and H in standard deviations; K above 0.
    shift
        Distance of the mean from the target, in standard deviations.

    References
    ----------
    Page's integral equation (1954), solved with Gauss-Legendre nodes; the two sides joined as in Kemp, K. W. (1961),
    *Journal of the Royal Statistical Society B* 23, 149-153.
    """
    return 1 / sum(1 / _one_sided(allowance - way * shift, limit) for way in (1, -1))


def _one_sided(allowance: float, limit: float) -> float:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    sums, weights = limit * (nodes + 1) / 2, limit * weights / 2
    starts = np.append(0.0, sums)
    step = norm.pdf(sums - starts[:, None] + allowance) * weights
    kernel = np.column_stack([norm.cdf(allowance - starts), step])
    return float(np.linalg.solve(np.eye(NODES + 1) - kernel, np.ones(NODES + 1))[0])


def ewma_run_length(weight: float, width: float, *, shift: float = 0.0, is_time_varying: bool = True) -> float:
    """Return the average run length of an EWMA chart on independent normal values of deviation 1, from the target.

    Parameters
    ----------
    weight, width
        Lambda and L.
    shift
        Distance of the mean from the target, in standard deviations.
    is_time_varying
        Whether the limits are those of each day, or the widest from the first day on.

    References
    ----------
    Crowder, S. V. (1987), *Technometrics* 29, 401-407, solved with Gauss-Legendre nodes; before the limits are at their
    widest, the same equation from one day to the next.
    """
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    widest = width * np.sqrt(weight / (2 - weight))

    def step(before: np.ndarray, limit: float) -> np.ndarray:
        reached = (limit * nodes - (1 - weight) * before[:, None]) / weight - shift
        return norm.pdf(reached) / weight * limit * weights

    lengths = np.linalg.solve(np.eye(NODES) - step(widest * nodes, widest), np.ones(NODES))
    limits = [widest]
    if is_time_varying:
        days = int(np.ceil(np.log(1e-14) / (2 * np.log1p(-weight)))) if weight < 1 else 1
        limits = widest * np.sqrt(1 - (1 - weight) ** (2 * np.arange(days, 0, -1.0)))
    for limit, before in zip(limits, [*limits[1:], None], strict=True):
        starts = np.zeros(1) if before is None else before * nodes
        lengths = 1 + step(starts, limit) @ lengths
    return float(lengths[0])
