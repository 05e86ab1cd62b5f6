"""Events that come together: the one-factor model behind the capital formula, in place of independent cases."""

from __future__ import annotations

import numpy as np
from scipy import special

__all__ = ["correlated_upper_tail", "vasicek_quantile"]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)
# What lies beyond these quantiles of the integrand's density changes no result.
OUTSIDE = 1e-13


def vasicek_quantile(level: np.ndarray, probability: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    """Return a quantile of the event rate of infinitely many cases, shape (...).

    Parameters
    ----------
    level
        Level of the quantile, within (0, 1).
    probability
        Probability of an event.
    correlation
        Correlation of two cases' assets, within (0, 1).

    References
    ----------
    Vasicek, O. (2002), "Loan portfolio value", *Risk* 15(12), 160-162.
    """
    factor = np.sqrt(correlation) * special.ndtri(level) + special.ndtri(probability)
    return special.ndtr(factor / np.sqrt(1 - np.asarray(correlation)))


def correlated_upper_tail(
    events: np.ndarray, size: np.ndarray, probability: np.ndarray, correlation: np.ndarray
) -> np.ndarray:
    """Return the probability of so many events or more among correlated cases, shape (n,).

    Exact for a finite number of cases: given the common factor they are independent, and so the count is binomial.
    With more and more cases it becomes the level at which `vasicek_quantile` is the observed rate. The binomial
    tail at a rate r is the probability that Beta(events, size - events + 1) lies below r, so the average over the
    factor is taken as one over that beta, which is smooth: Gauss-Legendre on its normal scores, right to 1e-6 for
    correlations from 0.001 on.

    Parameters
    ----------
    events, size
        Whole numbers, shape (n,), 0 <= events <= size.
    probability, correlation
        As in `vasicek_quantile`, shape (n,); outside (0, 1) or NaN the result is NaN.
    """
    events, size, probability, correlation = (
        np.asarray(values, float) for values in (events, size, probability, correlation)
    )
    is_defined = (probability > 0) & (probability < 1) & (correlation > 0) & (correlation < 1) & (size > 0)
    tail = np.where(is_defined, 1.0, np.nan)
    is_open = is_defined & (events > 0)
    if is_open.any():
        tail[is_open] = averaged_tail(*(values[is_open] for values in (events, size, probability, correlation)))
    return tail


def averaged_tail(events: np.ndarray, size: np.ndarray, probability: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    """Return the upper tail where there is at least one event."""
    a, b = events[:, None], (size - events + 1)[:, None]
    low = special.ndtri(special.betaincinv(a, b, OUTSIDE))
    high = special.ndtri(special.betainccinv(a, b, OUTSIDE))
    half = (high - low) / 2
    score = (high + low) / 2 + half * NODES
    log_density = (
        (a - 1) * special.log_ndtr(score)
        + (b - 1) * special.log_ndtr(-score)
        - special.betaln(a, b)
        - score**2 / 2
        - np.log(2 * np.pi) / 2
    )
    threshold = special.ndtri(probability)[:, None] - np.sqrt(1 - correlation)[:, None] * score
    exceeded = special.ndtr(threshold / np.sqrt(correlation)[:, None])
    total = (half * WEIGHTS * np.exp(log_density) * exceeded).sum(-1)
    return np.clip(total, 0, 1)
