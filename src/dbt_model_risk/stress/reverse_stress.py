"""The most plausible scenario in which a book loses a given amount."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc

__all__ = ["NearestLoss", "linear_nearest_loss", "plausibility", "quadratic_nearest_loss", "scale_to_loss"]

STEPS = 200


class NearestLoss(NamedTuple):
    """Moves of F factors, how far they are (Mahalanobis), and the reason where there are none (both null then)."""

    moves: np.ndarray
    distance: float
    reason: str | None


def not_reachable(count: int) -> NearestLoss:
    return NearestLoss(np.full(count, np.nan), float("nan"), "loss_not_reachable")


def plausibility(distance: np.ndarray, factors: int) -> np.ndarray:
    """Return the probability that normal factors move at least this far in any direction (chi-square survival)."""
    return chdtrc(factors, np.square(distance))


def linear_nearest_loss(delta: np.ndarray, covariance: np.ndarray, loss: float) -> NearestLoss:
    """Return the nearest moves at which a linear book loses exactly ``loss``.

    Parameters
    ----------
    delta
        P&L per unit move of each factor, F.
    covariance
        Of the factors' moves over the horizon, F x F, positive semidefinite.
    loss
        A positive amount.

    Returns
    -------
    NearestLoss
        x = -loss S d / (d'S d) at distance loss / sqrt(d'S d); loss_not_reachable where d'S d is 0.

    Raises
    ------
    ValueError
        If the loss is not positive.

    References
    ----------
    Breuer, Jandacka, Rheinberger and Summer (2009), How to find plausible, severe and useful stress scenarios,
    International Journal of Central Banking 5(3), 205-224.
    """
    if not loss > 0:
        raise ValueError(f"a loss to reach must be positive, not {loss}")
    delta = np.asarray(delta, float)
    together = covariance @ delta
    variance = float(delta @ together)
    if not variance > 0:
        return not_reachable(len(delta))
    return NearestLoss(-loss * together / variance, loss / np.sqrt(variance), None)


def quadratic_nearest_loss(delta: np.ndarray, gamma: np.ndarray, covariance: np.ndarray, loss: float) -> NearestLoss:
    """Return the nearest moves at which a delta-gamma book loses exactly ``loss``.

    In coordinates in which factors are independent with variance 1 the P&L is b'y + y'Ay/2, and the nearest y lies on
    the curve y(t) = -t b / (1 + t a) (a the eigenvalues of A), along which the loss only grows: bisection in t finds
    the global minimum, also where the P&L is not monotone in any direction.

    Parameters
    ----------
    delta, gamma
        P&L per unit move and per unit squared (P&L = delta x + gamma x^2 / 2), F.
    covariance, loss
        As in `linear_nearest_loss`.

    Returns
    -------
    NearestLoss
        loss_not_reachable where no move loses that much, as with a long option.
    """
    if not loss > 0:
        raise ValueError(f"a loss to reach must be positive, not {loss}")
    delta, gamma = np.asarray(delta, float), np.asarray(gamma, float)
    spread, axes = np.linalg.eigh(covariance)
    root = axes * np.sqrt(np.maximum(spread, 0.0))  # x = root @ y
    curvature, turn = np.linalg.eigh(root.T @ (gamma[:, None] * root))
    slope = turn.T @ (root.T @ delta)
    # What is rounding next to the rest is nothing.
    scale = max(np.abs(curvature).max(initial=0.0), 1e-300)
    curvature = np.where(np.abs(curvature) < 1e-13 * scale, 0.0, curvature)
    slope = np.where(np.abs(slope) < 1e-13 * max(np.abs(slope).max(initial=0.0), 1e-300), 0.0, slope)
    y = nearest_in_independent_factors(slope, curvature, loss)
    if y is None:
        return not_reachable(len(delta))
    return NearestLoss(root @ (turn @ y), float(np.sqrt(y @ y)), None)


def nearest_in_independent_factors(slope: np.ndarray, curvature: np.ndarray, loss: float) -> np.ndarray | None:
    """Return the shortest y with slope'y + sum(curvature y^2)/2 = -loss, None where there is none."""

    def at(t: float) -> np.ndarray:
        return -t * slope / (1.0 + t * curvature)

    def lost(y: np.ndarray) -> float:
        return -float(slope @ y + 0.5 * curvature @ y**2)

    lowest = curvature.min(initial=0.0)
    bending = curvature == lowest
    if lowest < 0:
        end = -1.0 / lowest
        if not slope[bending].any():
            # The curve ends before the steepest axis is used: go along that axis for what is missing.
            rest = np.where(bending, 0.0, -end * slope / np.where(bending, 1.0, 1.0 + end * curvature))
            missing = loss - lost(rest)
            if missing >= 0:
                rest[np.flatnonzero(bending)[0]] = np.sqrt(2.0 * missing / -lowest)
                return rest
        high = end * (1.0 - 1e-15)
    else:
        flat = (curvature == 0) & (slope != 0)
        most = float((slope[curvature > 0] ** 2 / (2.0 * curvature[curvature > 0])).sum())
        if not flat.any() and most <= loss:
            return None
        high = 1.0
        while lost(at(high)) < loss:
            high *= 2.0
    low = 0.0
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        if lost(at(middle)) < loss:
            low = middle
        else:
            high = middle
    return at(high)


def scale_to_loss(
    pnl: Callable[[np.ndarray], float], direction: np.ndarray, loss: float, *, limit: float = 20.0, grid: int = 2000
) -> float:
    """Return the smallest scale of a direction at which a book of any shape loses ``loss``, null if below no limit.

    For pricers: the scan takes the first crossing also where the P&L turns back, bisection makes it exact.

    Parameters
    ----------
    pnl
        P&L of moves.
    direction
        Moves at distance 1, such as those of `linear_nearest_loss` divided by their distance.
    limit, grid
        How far to look, and in how many steps; a loss between two steps only is not seen.
    """
    scales = np.linspace(0.0, limit, grid + 1)
    reached = (i for i, scale in enumerate(scales) if -pnl(scale * direction) >= loss)
    first = next(reached, None)
    if first is None:
        return float("nan")
    low, high = scales[max(first - 1, 0)], scales[first]
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        if -pnl(middle * direction) < loss:
            low = middle
        else:
            high = middle
    return float(high)
