"""How factors move together from day to day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from dbt_model_risk.stress.shifts import ABSOLUTE_QUOTES

__all__ = ["Covariance", "daily_moves", "shrunk_covariance"]

# Below this smallest eigenvalue of the correlations a distance would be a matter of rounding.
SINGULAR = 1e-8
LEAST_SHRINKAGE = 0.01


class Covariance(NamedTuple):
    """Covariance of F factors' daily moves, F x F; the days it is made of; and how far it was shrunk (0 is not)."""

    matrix: np.ndarray
    days: int
    shrinkage: float


def daily_moves(values: pd.DataFrame, factors: pd.DataFrame, *, until: object, window: int) -> pd.DataFrame:
    """Return the moves of the last days on which every factor has a value, one row per day, one column per factor.

    Parameters
    ----------
    values
        risk_date, factor_id, factor_value.
    factors
        factor_id and quote, in the order wanted: prices and indices move by a ratio, percent and points by a
        difference.
    until, window
        Last day, and how many moves at most. Days with a ratio to a value that is not positive are left out.
    """
    wanted = list(factors["factor_id"])
    known = values[values["factor_id"].isin(wanted) & (values["risk_date"] <= until)]
    table = known.pivot_table(index="risk_date", columns="factor_id", values="factor_value", aggfunc="last")
    table = table.reindex(columns=wanted).astype(float).dropna().sort_index()
    before = table.shift(1)
    by_difference = factors["quote"].isin(ABSOLUTE_QUOTES).to_numpy()
    ratio = table / before.where(before > 0) - 1.0
    moves = pd.DataFrame(np.where(by_difference, table - before, ratio), index=table.index, columns=wanted)
    return moves.iloc[1:].dropna().tail(window)


def shrunk_covariance(moves: np.ndarray) -> Covariance:
    """Return the covariance of moves (days x F), shrunk towards independent factors where it is singular.

    Correlations are shrunk, so that the unit of a factor does not matter; variances stay as they are. The intensity is
    the estimate of Ledoit and Wolf for standardised moves, at least 0.01. A factor that never moved has variance 0.

    References
    ----------
    Ledoit and Wolf (2004), A well-conditioned estimator for large-dimensional covariance matrices, J. Multivariate
    Analysis 88, 365-411.
    """
    moves = np.asarray(moves, float)
    days = len(moves)
    centred = moves - moves.mean(axis=0)
    sigma = np.sqrt((centred**2).sum(axis=0) / (days - 1))
    standard = np.divide(centred, sigma, out=np.zeros_like(centred), where=sigma > 0)
    correlation = standard.T @ standard / (days - 1)
    moving = sigma > 0
    inner = correlation[np.ix_(moving, moving)]
    intensity = 0.0
    if inner.size and np.linalg.eigvalsh(inner)[0] < SINGULAR:
        intensity = max(ledoit_wolf_intensity(standard[:, moving]), LEAST_SHRINKAGE)
    correlation = (1.0 - intensity) * correlation + intensity * np.diag(np.diag(correlation))
    return Covariance(correlation * np.outer(sigma, sigma), days, float(intensity))


def ledoit_wolf_intensity(centred: np.ndarray) -> float:
    """Return the share of the identity in the best mix of it and the sample covariance of centred rows."""
    days, count = centred.shape
    sample = centred.T @ centred / days
    mean = np.trace(sample) / count
    distance = ((sample - mean * np.eye(count)) ** 2).sum()
    squares = ((centred**2).T @ (centred**2) / days - sample**2).sum() / days
    return float(min(squares / distance, 1.0)) if distance > 0 else 1.0
