"""How far mass has to move to turn one sample into the other, from counts on cells."""

from __future__ import annotations

import numpy as np

from dbt_model_risk.drift.cells import cumulative_range
from dbt_model_risk.drift.shares import paired_counts

__all__ = ["wasserstein_distance"]


def wasserstein_distance(
    reference: np.ndarray,
    current: np.ndarray,
    *,
    lower_edges: np.ndarray,
    upper_edges: np.ndarray,
    reference_inside: np.ndarray,
    current_inside: np.ndarray,
    reference_tails: tuple[np.ndarray, np.ndarray],
    current_tails: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the 1-Wasserstein distance and its error bound in units of the variable, each of shape (...).

    It is the area between the distribution functions. Their gap is known on edges and taken as a line between them;
    the bound is by how much the least and the most that the counts allow differ from it. In the tails the area is the
    difference of the mean distances beyond the edge: exact, unless both samples go there.

    Parameters
    ----------
    reference, current
        Counts on ordered cells, missing values left out, shape (..., cells).
    lower_edges, upper_edges
        Edges of the cells, same shape; NaN is open.
    reference_inside, current_inside
        Whether mass may lie strictly inside the cell (see cells.mass_inside), same shape.
    reference_tails, current_tails
        Summed distance beyond the first and the last edge, each of shape (...).

    References
    ----------
    Vallender, S. S. (1974), *Theory of Probability and its Applications* 18(4), 784-786.
    """
    reference, current = paired_counts(reference, current)
    before_start, before_most, _ = cumulative_range(reference, reference_inside)
    after_start, after_most, _ = cumulative_range(current, current_inside)
    with np.errstate(invalid="ignore"):
        width = np.nan_to_num(upper_edges - lower_edges, nan=0.0, posinf=0.0, neginf=0.0)
    first, last = before_start - after_start, before_most - after_most
    line = line_area(first, last)
    least = np.maximum(np.maximum(before_start - after_most, after_start - before_most), 0)
    most = np.maximum(before_most - after_start, after_most - before_start)
    distance = (line * width).sum(-1)
    bound = (np.maximum(np.maximum(most - line, line - least), 0) * width).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        for before_sum, after_sum in zip(reference_tails, current_tails, strict=True):
            before, after = before_sum / reference.sum(-1), after_sum / current.sum(-1)
            distance = distance + np.abs(before - after)
            bound = bound + 2 * np.minimum(before, after)
    return distance, bound


def line_area(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return the area between zero and the line from first to last, over a unit."""
    total = np.abs(first) + np.abs(last)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = (first**2 + last**2) / (2 * total)
    return np.where((first * last < 0) & (total > 0), crossing, total / 2)
