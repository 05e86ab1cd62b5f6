"""Filtered historical simulation: the history of P&L at the volatility of tomorrow."""

from __future__ import annotations

import numpy as np

__all__ = ["filtered_pnl"]


def filtered_pnl(pnl: np.ndarray, volatility: np.ndarray) -> np.ndarray:
    """Return each day's P&L over its own volatility, times the volatility of the day after the last.

    Parameters
    ----------
    pnl
        Shape (n,), in order of date.
    volatility
        Shape (n + 1,), one-step-ahead, as from `ewma_volatility`; constant volatility returns the P&L itself.

    Raises
    ------
    ValueError
        If the shapes do not fit or a volatility is not positive.

    References
    ----------
    Barone-Adesi, Giannopoulos and Vosper (1999), VaR without correlations for portfolios of derivative securities,
    Journal of Futures Markets 19.
    """
    pnl, volatility = np.asarray(pnl, float), np.asarray(volatility, float)
    if volatility.shape != (pnl.size + 1,):
        raise ValueError(f"volatility must have {pnl.size + 1} days, one after the last, not {volatility.size}")
    if not (volatility > 0.0).all():
        raise ValueError("volatility must be positive on every day")
    return pnl * (volatility[-1] / volatility[:-1])
