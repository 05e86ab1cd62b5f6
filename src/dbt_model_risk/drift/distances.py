"""Distances between two samples' shares per bin: 0 when they are the same, NaN when one is empty."""

from __future__ import annotations

import numpy as np
from scipy import special

from dbt_model_risk.drift.shares import paired_shares

__all__ = ["hellinger", "js_distance", "l_infinity", "total_variation"]


def js_distance(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Return the Jensen-Shannon distance in base 2, shape (...): the root of the divergence, 1 when disjoint.

    Parameters
    ----------
    reference, current
        Counts, shape (..., bins).

    References
    ----------
    Lin, J. (1991), "Divergence measures based on the Shannon entropy", *IEEE Transactions on Information Theory* 37(1).
    """
    before, after = paired_shares(reference, current)
    middle = (before + after) / 2
    divergence = (special.rel_entr(before, middle) + special.rel_entr(after, middle)).sum(-1) / (2 * np.log(2))
    return np.sqrt(np.clip(divergence, 0, 1))


def hellinger(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Return the Hellinger distance, shape (...): 1 when disjoint.

    Parameters
    ----------
    reference, current
        Counts, shape (..., bins).

    References
    ----------
    Le Cam, L. and Yang, G. L. (2000), *Asymptotics in Statistics*, Springer, section 3.2.
    """
    before, after = paired_shares(reference, current)
    return np.sqrt(np.clip(((np.sqrt(before) - np.sqrt(after)) ** 2).sum(-1) / 2, 0, 1))


def total_variation(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Return the total variation distance, shape (...): the share of cases that changed bins, 1 when disjoint.

    Parameters
    ----------
    reference, current
        Counts, shape (..., bins).

    References
    ----------
    Levin, D. A. and Peres, Y. (2017), *Markov Chains and Mixing Times*, AMS, proposition 4.2.
    """
    before, after = paired_shares(reference, current)
    return np.clip(np.abs(before - after).sum(-1) / 2, 0, 1)


def l_infinity(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Return the largest change of one bin's share, shape (...).

    Parameters
    ----------
    reference, current
        Counts, shape (..., bins).
    """
    before, after = paired_shares(reference, current)
    return np.abs(before - after).max(-1)
