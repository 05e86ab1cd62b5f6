"""Whether outcomes that have come since agree with what the calibrator expected of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

__all__ = ["Agreement", "agreement"]


@dataclass(frozen=True)
class Agreement:
    """How far realised sums lie from expected ones."""

    gap_share: float
    p_value: float
    sample_size: int


def agreement(
    points: np.ndarray,
    realised: np.ndarray,
    expected: np.ndarray,
    variance: np.ndarray,
    n: np.ndarray,
    reference: tuple[np.ndarray, np.ndarray],
    *,
    groups: int = 5,
) -> Agreement:
    """Compare realised and expected sums in groups of neighbouring scores.

    Parameters
    ----------
    points
        Score of each cell of matured predictions, shape (k,).
    realised, expected
        Events (or errors) that came in each cell and that the calibrator expected of its outcomes, shape (k,).
    variance
        Variance of the realised sum of each cell, shape (k,).
    n
        Outcomes of each cell, shape (k,).
    reference
        Points and outcomes of the reference: groups hold about as many of its outcomes each, and a group's variance
        is multiplied by 1 + n / n_reference, since the calibrator knows no better.
    groups
        Number of groups: the degrees of freedom of the test over groups.

    Returns
    -------
    Agreement
        gap_share: sum of absolute gaps over groups, as a share of all that was expected; p_value: of all gaps
        being chance, twice the smaller one of a chi-square test over groups and one of the total, so that neither a
        general shift nor a change of shape is lost. NaN without outcomes or where nothing was expected.

    Notes
    -----
    Hosmer and Lemeshow (1980) with groups fixed on the reference and the reference's own sampling error added;
    outcomes count as independent of each other.
    """
    reference_points, reference_n = (np.asarray(values, dtype=float) for values in reference)
    edges = group_edges(reference_points, reference_n, groups=groups)
    group = np.searchsorted(edges, points, side="left")
    size = len(edges) + 1
    gap = np.bincount(group, weights=np.asarray(realised, float) - expected, minlength=size)
    base = np.bincount(np.searchsorted(edges, reference_points, side="left"), weights=reference_n, minlength=size)
    held = np.bincount(group, weights=n, minlength=size)
    spread = np.bincount(group, weights=variance, minlength=size) * (1 + held / np.maximum(base, 1.0))
    total = float(np.sum(expected))
    is_tested = spread > 0
    if not is_tested.any() or not total > 0:
        return Agreement(np.nan, np.nan, int(np.sum(n)))
    by_group = chi2.sf((gap[is_tested] ** 2 / spread[is_tested]).sum(), is_tested.sum())
    overall = chi2.sf(gap.sum() ** 2 / spread.sum(), 1)
    return Agreement(
        gap_share=float(np.abs(gap).sum() / total),
        p_value=float(min(1.0, 2 * min(by_group, overall))),
        sample_size=int(np.sum(n)),
    )


def group_edges(points: np.ndarray, n: np.ndarray, *, groups: int) -> np.ndarray:
    """Return the inner upper edges of groups of points with about as many outcomes each; ties share a group."""
    order = np.argsort(points, kind="stable")
    share = np.cumsum(n[order]) / n.sum()
    places = np.searchsorted(share, np.arange(1, groups) / groups - 1e-12)
    return np.unique(points[order][places])
