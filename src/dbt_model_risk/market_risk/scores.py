"""A score of the forecast itself, and the interval of a rate."""

from __future__ import annotations

import numpy as np

__all__ = ["pinball_losses", "wilson_interval"]

Z_95 = 1.959963984540054


def pinball_losses(pnl: np.ndarray, value_at_risk: np.ndarray, *, tail: float) -> np.ndarray:
    """Return each day's pinball loss of -value_at_risk as the ``tail`` quantile of profit and loss.

    In units of the profit and loss; lowest in the mean for the true quantile, so it compares models that pass alike.

    References
    ----------
    Koenker and Bassett (1978), Regression quantiles, Econometrica 46, 33-50.
    """
    excess = np.asarray(pnl) + np.asarray(value_at_risk)
    return np.maximum(tail * excess, (tail - 1.0) * excess)


def wilson_interval(successes: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both ends of the 95 % score interval of a rate; trials must be positive.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference, J. Am. Stat. Assoc. 22.
    """
    successes, trials = np.asarray(successes, float), np.asarray(trials, float)
    weight = trials + Z_95**2
    centre = (successes + Z_95**2 / 2.0) / weight
    half = Z_95 / weight * np.sqrt(successes * (trials - successes) / trials + Z_95**2 / 4.0)
    return np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)
