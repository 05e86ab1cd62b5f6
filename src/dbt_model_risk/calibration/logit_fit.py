"""Logistic recalibration of many cohorts at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

__all__ = ["LogitFit", "fit_logit", "is_separated", "logit_of"]

CLIP = 1e-15
CLOSE = 1e-9
MOST_STEPS = 200


@dataclass(frozen=True)
class LogitFit:
    """Coefficients of logit E[y] = intercept + slope x and their standard errors, each of shape (cohorts,)."""

    intercept: np.ndarray
    slope: np.ndarray
    intercept_error: np.ndarray
    slope_error: np.ndarray


def logit_of(probability: np.ndarray) -> np.ndarray:
    """Return log odds, of probabilities clipped at 1e-15 like those of the log loss."""
    return special.logit(np.clip(probability, CLIP, 1 - CLIP))


def fit_logit(
    x: np.ndarray, cases: np.ndarray, events: np.ndarray, *, starts: np.ndarray, slope: float | None = None
) -> LogitFit:
    """Fit a logistic regression of events on x to every cohort, by maximum likelihood.

    With a slope given, only the intercept is fitted, x times the slope being an offset; its standard error is NaN. A
    cohort without a finite maximum is NaN: one class, and of a fitted slope constant or separated x (see is_separated).
    Each Newton step is shortened to ln(1 + r) / r of itself, r being the most it moves a log odds: it always ascends.

    Parameters
    ----------
    x
        Log odds of each bin, shape (bins,), the bins of a cohort together.
    cases, events
        Counts, same shape.
    starts
        First bin of every cohort, shape (cohorts,).
    slope
        The slope to hold, if it is not fitted.

    References
    ----------
    Cox, D. R. (1958), *Biometrika* 45, 562-565; Sun, T. and Tran-Dinh, Q. (2019), *Mathematical Programming* 178,
    145-213, section 4 (the step, for logistic loss: nu = 2).
    """
    total_cases, total_events = np.add.reduceat(cases, starts), np.add.reduceat(events, starts)
    is_fitted = (total_events > 0) & (total_events < total_cases)
    lowest, highest = np.minimum.reduceat(x, starts), np.maximum.reduceat(x, starts)
    if slope is None:
        is_fitted &= (lowest < highest) & ~is_separated(x, cases, events, starts=starts)
    sizes = np.diff(np.append(starts, len(x)))
    centre = np.add.reduceat(cases * x, starts) / total_cases
    result = np.full((4, len(starts)), np.nan)
    # The cohorts still moving, and their bins around the mean.
    left = np.flatnonzero(is_fitted)
    is_left = np.repeat(is_fitted, sizes)
    z, n, d = (x - np.repeat(centre, sizes))[is_left], cases[is_left], events[is_left]
    b = np.full(len(left), 1.0 if slope is None else slope)
    a = b * centre[left]
    for _ in range(MOST_STEPS):
        if not len(left):
            break
        first = np.append(0, np.cumsum(sizes[left])[:-1])
        mean = special.expit(np.repeat(a, sizes[left]) + np.repeat(b, sizes[left]) * z)
        weight, residual = n * mean * (1 - mean), d - n * mean
        h_aa, g_a = np.add.reduceat(weight, first), np.add.reduceat(residual, first)
        if slope is None:
            h_ab, h_bb = np.add.reduceat(weight * z, first), np.add.reduceat(weight * z * z, first)
            g_b = np.add.reduceat(residual * z, first)
            determinant = h_aa * h_bb - h_ab**2
            step_a, step_b = (h_bb * g_a - h_ab * g_b) / determinant, (h_aa * g_b - h_ab * g_a) / determinant
            errors = np.sqrt([h_bb / determinant, h_aa / determinant])
        else:
            step_a, step_b = g_a / h_aa, np.zeros(len(left))
            errors = np.array([1 / np.sqrt(h_aa), np.full(len(left), np.nan)])
        ends = (lowest[left] - centre[left], highest[left] - centre[left])
        reach = np.maximum(*(np.abs(step_a + step_b * end) for end in ends))
        share = np.where(reach > CLOSE, np.log1p(reach) / np.where(reach > 0, reach, 1), 1)
        a, b = a + share * step_a, b + share * step_b
        is_done = ~(reach > CLOSE)
        result[:, left[is_done]] = [(a - b * centre[left])[is_done], b[is_done], *errors[:, is_done]]
        if is_done.any():
            stays = np.repeat(~is_done, sizes[left])
            z, n, d = z[stays], n[stays], d[stays]
            a, b, left = a[~is_done], b[~is_done], left[~is_done]
    # Around the mean the intercept's error is another one; of a fitted slope it is not asked for.
    return LogitFit(result[0], result[1], np.full(len(starts), np.nan) if slope is None else result[2], result[3])


def is_separated(x: np.ndarray, cases: np.ndarray, events: np.ndarray, *, starts: np.ndarray) -> np.ndarray:
    """Return whether a cut of x parts events from nonevents, but for ties on it: no finite slope fits best.

    Parameters
    ----------
    x, cases, events, starts
        As in fit_logit.

    References
    ----------
    Albert, A. and Anderson, J. A. (1984), *Biometrika* 71, 1-10.
    """
    has_event, has_nonevent = events > 0, events < cases
    lowest = [np.minimum.reduceat(np.where(has, x, np.inf), starts) for has in (has_event, has_nonevent)]
    highest = [np.maximum.reduceat(np.where(has, x, -np.inf), starts) for has in (has_event, has_nonevent)]
    return (lowest[0] >= highest[1]) | (lowest[1] >= highest[0])
