"""Whether events become more frequent from grade to grade."""

from __future__ import annotations

import numpy as np
from scipy import special

from dbt_model_risk.drift.rates import two_proportion_z

__all__ = ["rank_inversions", "somers_d"]


def rank_inversions(events: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the inversions between neighbouring groups and their smallest one-sided p-value, each of shape (...).

    An inversion is a riskier group with a lower rate; equal rates are none. p is that of the pooled z test that the
    riskier rate is at least as high, not adjusted for the number of pairs; NaN where no pair has a variance. Groups
    without cases have to come last.

    Parameters
    ----------
    events, size
        Counts per group, the safest first, shape (..., groups).
    """
    events, size = np.asarray(events, float), np.asarray(size, float)
    safer, riskier = (events[..., :-1], size[..., :-1]), (events[..., 1:], size[..., 1:])
    is_pair = (safer[1] > 0) & (riskier[1] > 0)
    inversions = (is_pair & (riskier[0] * safer[1] < safer[0] * riskier[1])).sum(-1)
    p_values = special.ndtr(two_proportion_z(*safer, *riskier))
    smallest = np.min(np.where(np.isnan(p_values), np.inf, p_values), axis=-1, initial=np.inf)
    return inversions, np.where(np.isfinite(smallest), smallest, np.nan)


def somers_d(events: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Somers' D of the grade given the outcome and its standard error, each of shape (...).

    Of all pairs of an event and a nonevent, the share whose event is in the riskier grade less the share whose event
    is in the safer one: twice the AUC of the grades less 1. NaN without both classes; no standard error with a
    single case of either.

    Parameters
    ----------
    events, size
        Counts per grade, the safest first, shape (..., grades).

    References
    ----------
    Somers, R. H. (1962), *American Sociological Review* 27(6), 799-811; for the standard error DeLong, DeLong and
    Clarke-Pearson (1988), *Biometrics* 44, 837-845.
    """
    events = np.asarray(events, float)
    nonevents = np.asarray(size, float) - events
    event_count, nonevent_count = events.sum(-1), nonevents.sum(-1)
    below, above = balance(nonevents), -balance(events)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (events * below).sum(-1) / (event_count * nonevent_count)
        per_event = (events * (below / nonevent_count[..., None] - value[..., None]) ** 2).sum(-1)
        per_nonevent = (nonevents * (above / event_count[..., None] - value[..., None]) ** 2).sum(-1)
        variance = per_event / (event_count * (event_count - 1)) + per_nonevent / (
            nonevent_count * (nonevent_count - 1)
        )
    has_both = (event_count > 0) & (nonevent_count > 0)
    has_error = (event_count > 1) & (nonevent_count > 1)
    return np.where(has_both, value, np.nan), np.where(has_error, np.sqrt(variance), np.nan)


def balance(counts: np.ndarray) -> np.ndarray:
    """Return per grade the cases in safer grades less those in riskier ones."""
    through = np.cumsum(counts, -1)
    return through - counts - (through[..., -1:] - through)
