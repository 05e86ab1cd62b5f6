"""Measures of performance of daily returns, without a risk-free rate."""

from __future__ import annotations

import numpy as np

__all__ = ["DAYS_OF_YEAR", "beta", "information_ratio", "max_drawdown", "sharpe_ratio", "tracking_error"]

DAYS_OF_YEAR = 252


def sharpe_ratio(returns: np.ndarray) -> float:
    """Return mean / standard deviation (n - 1) of daily returns x sqrt(252); NaN where they never move.

    Serial correlation is not corrected for: smooth returns flatter the ratio.

    References
    ----------
    Sharpe (1994), The Sharpe ratio, Journal of Portfolio Management 21.
    """
    returns = finite(returns)
    deviation = deviation_of(returns)
    return float(returns.mean() / deviation * np.sqrt(DAYS_OF_YEAR)) if deviation > 0.0 else float("nan")


def max_drawdown(returns: np.ndarray) -> float:
    """Return the deepest fall of wealth from its highest point so far, the start of 1 included; 0 or below.

    Wealth compounds. A return of -1 or worse leaves nothing: the answer is never below -1.
    """
    wealth = np.cumprod(np.maximum(1.0 + finite(returns), 0.0))
    wealth = np.concatenate([[1.0], wealth])
    return float((wealth / np.maximum.accumulate(wealth) - 1.0).min())


def tracking_error(returns: np.ndarray, benchmark: np.ndarray) -> float:
    """Return the standard deviation (n - 1) of the daily difference x sqrt(252); NaN under two days."""
    difference = finite(returns) - finite(benchmark)
    return float(deviation_of(difference) * np.sqrt(DAYS_OF_YEAR)) if difference.size > 1 else float("nan")


def information_ratio(returns: np.ndarray, benchmark: np.ndarray) -> float:
    """Return the Sharpe ratio of the daily difference; NaN where it never moves."""
    return sharpe_ratio(finite(returns) - finite(benchmark))


def beta(returns: np.ndarray, benchmark: np.ndarray) -> float:
    """Return the covariance with the benchmark over its variance; NaN where the benchmark never moves."""
    returns, benchmark = finite(returns), finite(benchmark)
    if deviation_of(benchmark) == 0.0:
        return float("nan")
    centred = benchmark - benchmark.mean()
    return float((returns - returns.mean()) @ centred / (centred @ centred))


def deviation_of(returns: np.ndarray) -> float:
    """Return the standard deviation, exactly 0 where all returns are the same or there is one alone."""
    return float(returns.std(ddof=1)) if returns.size > 1 and np.ptp(returns) > 0.0 else 0.0


def finite(returns: np.ndarray) -> np.ndarray:
    """Return the returns as an array of floats, or refuse them."""
    returns = np.asarray(returns, float)
    if returns.size == 0 or not np.isfinite(returns).all():
        raise ValueError("returns must hold at least one day and be finite; remove null days first")
    return returns
