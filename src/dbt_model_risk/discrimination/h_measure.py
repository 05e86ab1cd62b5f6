"""Loss averaged over what errors may cost."""

from __future__ import annotations

import numpy as np
from scipy import special
from scipy.optimize import isotonic_regression

__all__ = ["best_order", "h_measure"]

MODE_SHAPE = 2.0


def h_measure(cases: np.ndarray, events: np.ndarray, *, starts: np.ndarray) -> np.ndarray:
    """Return the H-measure of every cohort, shape (cohorts,): 0 ranks like chance, 1 without error; NaN of one class.

    The share c of the cost that a false alarm bears is drawn from Beta(2, 1 + nonevents / events), whose mode is the
    share of events: a missed event and a false alarm cost like nonevents to events (severity ratio pi1 / pi0). Scores
    are cut at the convex hull of the ROC curve; its sides are the blocks of an isotonic regression, which run over all
    cohorts at once because each is lifted above the one before.

    Parameters
    ----------
    cases, events
        Counts of each bin, shape (bins,), from the safest to the riskiest score of each cohort; no bin is empty.
    starts
        First bin of every cohort, shape (cohorts,).

    References
    ----------
    Hand, D. J. (2009), *Machine Learning* 77, 103-123; Hand, D. J. and Anagnostopoulos, C. (2014), *Pattern Recognition
    Letters* 40, 41-46 (the severity ratio).
    """
    if not len(starts):
        return np.empty(0)
    sizes = np.diff(np.append(starts, len(cases)))
    cohort = np.repeat(np.arange(len(starts)), sizes)
    blocks = isotonic_regression(events / cases + 2 * cohort, weights=cases).blocks[:-1]
    block_cases, block_events = np.add.reduceat(cases, blocks), np.add.reduceat(events, blocks)
    total_cases, total_events = np.add.reduceat(cases, starts), np.add.reduceat(events, starts)
    with np.errstate(divide="ignore", invalid="ignore"):
        shape = 1 + (total_cases - total_events) / total_events
        loss = np.bincount(
            cohort[blocks], block_loss(block_cases, block_events, shape[cohort[blocks]]), minlength=len(starts)
        )
        most = block_loss(total_cases, total_events, shape)
        value = 1 - loss / most
    return np.where((total_events > 0) & (total_events < total_cases), np.clip(value, 0, 1), np.nan)


def block_loss(cases: np.ndarray, events: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Return the loss of cases of one score, summed over them: the cheaper error at each cost c, averaged over c."""
    mean = MODE_SHAPE / (MODE_SHAPE + shape)
    rate = events / cases
    alarm = mean * special.betainc(MODE_SHAPE + 1, shape, rate)
    miss = (1 - mean) * special.betaincc(MODE_SHAPE, shape + 1, rate)
    return (cases - events) * alarm + events * miss


def best_order(cases: np.ndarray, events: np.ndarray, *, starts: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return cases, events and starts with the events of each bin above its nonevents: the most a finer score gives.

    Parameters
    ----------
    cases, events, starts
        As in h_measure.
    """
    nonevents = cases - events
    counts = np.stack([nonevents, events], axis=1).ravel()
    split_events = np.stack([np.zeros_like(events), events], axis=1).ravel()
    before = np.cumsum(counts > 0) - (counts > 0)
    is_there = counts > 0
    return counts[is_there], split_events[is_there], before[2 * starts]
