"""Neighbouring grades joined until a group is large enough to be judged."""

from __future__ import annotations

import numpy as np

__all__ = ["group_sums", "merge_neighbours"]


def merge_neighbours(weight: np.ndarray, *, minimum: float) -> np.ndarray:
    """Return the group of each grade, numbered from 0, shape (..., grades).

    From the first grade on, grades join until their weight reaches the minimum; what is left over joins the last
    group. With too little weight for one group, all grades are one.

    Parameters
    ----------
    weight
        Cases or expected events per grade, shape (..., grades).
    minimum
        Least weight of a group.
    """
    weight = np.asarray(weight, float)
    group = np.zeros(weight.shape, int)
    complete = np.zeros(weight.shape[:-1], int)
    gathered = np.zeros(weight.shape[:-1])
    for grade in range(weight.shape[-1]):
        group[..., grade] = complete
        gathered = gathered + weight[..., grade]
        is_complete = gathered >= minimum
        complete = complete + is_complete
        gathered = np.where(is_complete, 0, gathered)
    return np.minimum(group, np.maximum(complete - 1, 0)[..., None])


def group_sums(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the sum of each group, shape (..., grades); groups that there are not are 0.

    Parameters
    ----------
    values, group
        Values and groups per grade, shape (..., grades).
    """
    values = np.asarray(values, float)
    return np.stack([np.where(group == number, values, 0).sum(-1) for number in range(values.shape[-1])], axis=-1)
