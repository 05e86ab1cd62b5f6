"""Whether estimates rank losses: Somers' D, from joint counts of estimates and realised segments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["SomersD", "somers_d"]


@dataclass(frozen=True)
class SomersD:
    """Somers' D of the estimate given the realised segment; NaN where all cases share one realised segment.

    Attributes
    ----------
    statistic
        Of pairs in different realised segments, the share that the estimates rank right less the share they rank
        wrong, shape (...).
    standard_error
        Asymptotic, without assuming that nothing is ranked, same shape.
    pairs
        Ordered pairs in different realised segments, same shape.
    """

    statistic: np.ndarray
    standard_error: np.ndarray
    pairs: np.ndarray


def somers_d(counts: np.ndarray) -> SomersD:
    """Return Somers' D of tables of estimates by realised segments; pairs of tied estimates count neither way.

    Parameters
    ----------
    counts
        Cases, shape (..., estimates, segments), both in ascending order. Empty rows and columns change nothing.

    Raises
    ------
    ValueError
        If a count is negative.

    References
    ----------
    Somers, R. H. (1962), *American Sociological Review* 27(6), 799-811; for the standard error Brown, M. B. and
    Benedetti, J. K. (1977), *Journal of the American Statistical Association* 72, 309-315, and Goktas, A. and Isci, O.
    (2011), *Metodoloski zvezki* 8(1), 17-37.
    """
    counts = np.asarray(counts, float)
    if (counts < 0).any():
        raise ValueError("counts has a negative count")
    below = np.cumsum(counts, -2) - counts
    above = counts.sum(-2, keepdims=True) - below - counts
    lead = lesser(below) + greater(above) - greater(below) - lesser(above)
    realised = counts.sum(-2, keepdims=True)
    size = realised.sum(-1, keepdims=True)
    pairs = (size**2 - (realised**2).sum(-1, keepdims=True)).squeeze((-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = (counts * lead).sum((-2, -1)) / pairs
        # A case's lead over the others, less what it would be if every case ranked alike.
        excess = lead - statistic[..., None, None] * (size - realised)
        error = 2 * np.sqrt((counts * excess**2).sum((-2, -1))) / pairs
    return SomersD(statistic, np.where(np.isnan(statistic), np.nan, error), pairs)


def lesser(counts: np.ndarray) -> np.ndarray:
    """Return the counts of lower segments, same shape."""
    return np.cumsum(counts, -1) - counts


def greater(counts: np.ndarray) -> np.ndarray:
    """Return the counts of higher segments, same shape."""
    return counts.sum(-1, keepdims=True) - np.cumsum(counts, -1)
