"""The difference of two proportions, and their ratio."""

from __future__ import annotations

import numpy as np

from dbt_model_risk.market_risk.scores import Z_95, wilson_interval

__all__ = ["difference_interval", "ratio_interval", "ratio_of_rates"]

Interval = tuple[np.ndarray, np.ndarray]


def difference_interval(
    events: np.ndarray, trials: np.ndarray, other_events: np.ndarray, other_trials: np.ndarray
) -> Interval:
    """Return the 95 % interval of the first proportion less the second; NaN where a sample is empty.

    Parameters
    ----------
    events, trials, other_events, other_trials
        Counts, one shape.

    References
    ----------
    Newcombe, R. G. (1998), *Statistics in Medicine* 17, 873-890, method 10.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = wilson_interval(events, trials)
        other_low, other_high = wilson_interval(other_events, other_trials)
        rate, other_rate = np.divide(events, trials), np.divide(other_events, other_trials)
    difference = rate - other_rate
    below = np.hypot(rate - low, other_high - other_rate)
    above = np.hypot(high - rate, other_rate - other_low)
    return np.clip(difference - below, -1, 1), np.clip(difference + above, -1, 1)


def ratio_of_rates(
    events: np.ndarray, trials: np.ndarray, other_events: np.ndarray, other_trials: np.ndarray
) -> np.ndarray:
    """Return the first rate over the second, NaN where the second is 0 or a sample is empty.

    One division of whole numbers, so that a ratio of exactly four fifths is the number 0.8 and not the one below it.

    Parameters
    ----------
    events, trials, other_events, other_trials
        Counts, one shape; their products stay exact up to 2**53.
    """
    events, trials, other_events, other_trials = (
        np.asarray(counts, float) for counts in (events, trials, other_events, other_trials)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((trials > 0) & (other_events > 0), (events * other_trials) / (trials * other_events), np.nan)


def ratio_interval(
    events: np.ndarray, trials: np.ndarray, other_events: np.ndarray, other_trials: np.ndarray
) -> Interval:
    """Return the 95 % interval of `ratio_of_rates`; NaN where either proportion is 0 and its logarithm has no variance.

    Parameters
    ----------
    events, trials, other_events, other_trials
        Counts, one shape.

    References
    ----------
    Katz, D., Baptista, J., Azen, S. P. and Pike, M. C. (1978), *Biometrics* 34, 469-474, the log-ratio method.
    """
    ratio = ratio_of_rates(events, trials, other_events, other_trials)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = 1 / np.asarray(events, float) - 1 / np.asarray(trials, float)
        variance += 1 / np.asarray(other_events, float) - 1 / np.asarray(other_trials, float)
        spread = np.exp(Z_95 * np.sqrt(np.maximum(variance, 0)))
        is_given = np.isfinite(spread) & (ratio > 0)
        return np.where(is_given, ratio / spread, np.nan), np.where(is_given, ratio * spread, np.nan)
