"""How far cases lie from the plane that the reference's principal components span."""

from __future__ import annotations

import numpy as np

__all__ = ["components", "reconstruction_errors"]


def components(reference: np.ndarray, *, share: float = 0.65) -> np.ndarray:
    """Return the fewest principal components that hold a share of the reference's variance.

    Parameters
    ----------
    reference
        Centred matrix of shape (cases, columns).
    share
        Share of the variance. NannyML's default is 0.65 (data reconstruction drift calculator).

    Returns
    -------
    array of shape (components, columns)
        Orthonormal rows; the largest entry of each is positive, so that a sign never depends on the library.
    """
    # The matrix of products does not depend on the order of cases, but for rounding.
    values, vectors = np.linalg.eigh(reference.T @ reference)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1].T
    held = np.cumsum(values) / max(values.sum(), np.finfo(float).tiny)
    rows = vectors[: int(np.searchsorted(held, share)) + 1]
    largest = rows[np.arange(len(rows)), np.abs(rows).argmax(axis=1)]
    return rows * np.sign(largest)[:, None]


def reconstruction_errors(cases: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the Euclidean distance of each case from its projection on the components.

    Parameters
    ----------
    cases
        Shape (cases, columns), on the reference's scale.
    rows
        Orthonormal rows of shape (components, columns).

    Returns
    -------
    array of shape (cases,)
        In units of the reference's standard deviations; 0 where the components hold the case.
    """
    return np.linalg.norm(cases - cases @ rows.T @ rows, axis=1)
