"""Whether as many events happened as a grade's probability promises, taking cases as independent."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

__all__ = ["at_most", "binomial_upper_tail", "binomial_z", "jeffreys", "jeffreys_overestimation"]


def jeffreys(events: np.ndarray, size: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return the one-sided p-value of the Jeffreys test that a probability is high enough, shape (...).

    Small where it is too low: the posterior probability that the true rate lies below it. NaN without cases or
    without a probability.

    Parameters
    ----------
    events, size
        Events and cases, one shape.
    probability
        The rate that was promised, within [0, 1]; NaN where none was.

    References
    ----------
    European Central Bank (2019), *Instructions for reporting the validation results of internal models*, section
    2.5.3. The posterior of Jeffreys' prior is Beta(events + 1/2, size - events + 1/2).
    """
    return posterior(special.betainc, events, size, probability)


def jeffreys_overestimation(events: np.ndarray, size: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return the p-value of the mirrored test that a probability is low enough, one less that of `jeffreys`."""
    return posterior(special.betaincc, events, size, probability)


def posterior(function: Callable, events: np.ndarray, size: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return an incomplete beta function of Jeffreys' posterior at the probability."""
    events, size = np.asarray(events, float), np.asarray(size, float)
    return np.where(size > 0, function(events + 0.5, size - events + 0.5, probability), np.nan)


def binomial_upper_tail(events: np.ndarray, size: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return the probability of so many events or more, shape (...); parameters and NaN are those of `jeffreys`.

    References
    ----------
    Basel Committee (2005), *Studies on the validation of internal rating systems*, working paper 14.
    """
    events, size = np.asarray(events, np.int64), np.asarray(size, np.int64)
    return np.where(size > 0, special.bdtrc(events - 1, size, probability), np.nan)


def at_most(events: np.ndarray, size: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return the probability of so many events or fewer, shape (...); parameters and NaN are those of `jeffreys`."""
    events, size = np.asarray(events, np.int64), np.asarray(size, np.int64)
    return np.where(size > 0, special.bdtr(events, size, probability), np.nan)


def binomial_z(events: np.ndarray, size: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return by how many standard deviations events exceed what was promised, shape (...).

    NaN without cases, without a probability and where it is 0 or 1. Parameters are those of `jeffreys`.
    """
    events, size, probability = (np.asarray(values, float) for values in (events, size, probability))
    deviation = np.sqrt(size * probability * (1 - probability))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(deviation > 0, (events - size * probability) / deviation, np.nan)
