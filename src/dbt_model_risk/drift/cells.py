"""Where a sample's mass lies when only counts on cells are known."""

from __future__ import annotations

import numpy as np

__all__ = ["cumulative_range", "mass_inside"]


def mass_inside(
    counts: np.ndarray,
    *,
    upper_edges: np.ndarray,
    value_sum: np.ndarray,
    lower_tail_sum: np.ndarray,
    upper_tail_sum: np.ndarray,
) -> np.ndarray:
    """Return where mass may lie strictly inside a right-closed cell instead of on its upper edge, shape (..., cells).

    Were every value on an upper edge, the sum of the values would follow from the counts. Where it does (to 1e-9 of
    the edges' span), every value has a cell of its own, and nothing is lost by counting. Of the first cell, which is
    open, it is the tail that says so; what the last one counts always lies beyond its edge.

    Parameters
    ----------
    counts
        Shape (..., cells).
    upper_edges
        Upper edges, same shape; NaN from the last, open cell on.
    value_sum
        Sum of the values, shape (...); NaN if unknown.
    lower_tail_sum, upper_tail_sum
        Summed distance of the values beyond the first and the last edge, shape (...).
    """
    is_closed = np.isfinite(upper_edges)
    edges = np.where(is_closed, upper_edges, 0)
    first = edges[..., 0]
    last = np.where(is_closed, upper_edges, -np.inf).max(-1)
    last = np.where(np.isfinite(last), last, 0)
    beyond = np.where(is_closed, 0, counts).sum(-1)
    span = np.where(last > first, last - first, np.abs(first))
    with np.errstate(invalid="ignore"):
        at_edges = (counts * edges).sum(-1) + beyond * last + upper_tail_sum - lower_tail_sum
        is_on_edges = np.abs(at_edges - value_sum) <= 1e-9 * counts.sum(-1) * span
    inside = np.where(is_closed, ~is_on_edges[..., None], True) & (counts > 0)
    inside[..., 0] = np.where(is_closed[..., 0], lower_tail_sum > 0, inside[..., 0])
    return inside


def cumulative_range(counts: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the distribution function at each cell's lower edge, its most inside the cell, and at the upper edge.

    Parameters
    ----------
    counts
        Shape (..., cells).
    inside
        Whether mass may lie strictly inside the cell, same shape.
    """
    with np.errstate(invalid="ignore"):
        end = np.cumsum(counts, -1) / counts.sum(-1, keepdims=True)
    start = np.concatenate([np.where(np.isnan(end[..., :1]), np.nan, 0), end[..., :-1]], -1)
    return start, np.where(inside, end, start), end
