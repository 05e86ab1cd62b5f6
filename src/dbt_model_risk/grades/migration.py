"""How cases move between grades: how far, and whether a far grade draws more of them than a near one."""

from __future__ import annotations

import numpy as np
from scipy import special

__all__ = ["matrix_weighted_bandwidth", "migration_z"]


def matrix_weighted_bandwidth(counts: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the upper and the lower matrix weighted bandwidth, each of shape (...): 0 to 1.

    How far cases moved towards more (upper) or less risk, as a share of how far they could have moved: a case counts
    the farthest way there is from its grade in either direction. NaN where none moved that way.

    Parameters
    ----------
    counts
        Cases from the grade of the row to that of the column, the safest first, shape (..., grades, grades).
    count
        Grades of the scale, shape (...); rows and columns beyond are 0.

    References
    ----------
    European Central Bank (2019), *Instructions for reporting the validation results of internal models*, section
    2.5.5.1.
    """
    counts = np.asarray(counts, float)
    grade = np.arange(1, counts.shape[-1] + 1)
    way = grade - grade[:, None]
    farthest = np.maximum(np.asarray(count)[..., None] - grade, grade - 1)[..., None]

    def bandwidth(moved: np.ndarray) -> np.ndarray:
        possible = (np.where(moved, counts, 0) * farthest).sum((-2, -1))
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (np.where(moved, counts, 0) * np.abs(way)).sum((-2, -1)) / possible
        return np.where(possible > 0, share, np.nan)

    return bandwidth(way > 0), bandwidth(way < 0)


def migration_z(counts: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the z statistic of each cell off the diagonal and its p-value, each of shape (..., grades, grades).

    Compares the share of a grade's cases in the cell with that in the neighbour one step nearer the diagonal. Small p:
    the farther cell holds more, against monotonicity. NaN on the diagonal, beyond the scale, where no case started and
    where both shares leave no variance.

    Parameters and references are those of `matrix_weighted_bandwidth`, section 2.5.5.2.
    """
    counts = np.asarray(counts, float)
    grade = np.arange(counts.shape[-1])
    way = np.sign(grade - grade[:, None])
    nearer = np.broadcast_to(grade - way, counts.shape)
    started = counts.sum(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = counts / started
        near = np.take_along_axis(share, nearer, axis=-1)
        variance = (share * (1 - share) + near * (1 - near) + 2 * share * near) / started
        z = (near - share) / np.sqrt(variance)
    is_grade = grade < np.asarray(count)[..., None]
    is_tested = (way != 0) & (variance > 0) & is_grade[..., :, None] & is_grade[..., None, :]
    z = np.where(is_tested, z, np.nan)
    return z, special.ndtr(z)
