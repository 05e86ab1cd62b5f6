"""Measures of concentration on gross exposures."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Concentration", "concentration"]


class Concentration(NamedTuple):
    """Herfindahl-Hirschman index, its dual, its inverse, and the shares of the largest."""

    hhi: float
    dual: float
    effective_number: float
    top_1_share: float
    top_5_share: float


def concentration(exposures: np.ndarray) -> Concentration:
    """Return the measures of exposures to names, each given once.

    A negative exposure counts with its size: a short is as concentrated as a long, and net shares can exceed 1. The
    dual, 1 - 1 / (n HHI), is 0 where the n names are alike and grows with what departs from that; zero exposures are
    no names.

    Parameters
    ----------
    exposures
        Amounts in one currency, shape (n,), in any order.

    Raises
    ------
    ValueError
        If an exposure is not finite or all are zero.

    References
    ----------
    Hirschman (1964), The paternity of an index, American Economic Review 54; the dual as in
    ``concstats_hhi_d`` of the R package concstats.
    """
    sizes = np.sort(np.abs(np.asarray(exposures, float)))[::-1]
    if not np.isfinite(sizes).all():
        raise ValueError("exposures must be finite")
    sizes = sizes[sizes > 0.0]
    if sizes.size == 0:
        raise ValueError("exposures are all zero")
    # Over the largest first: a sum of sizes near the largest float would overflow.
    shares = sizes / sizes[0]
    shares = shares / shares.sum()
    hhi = float(shares @ shares)
    return Concentration(hhi, 1.0 - 1.0 / (sizes.size * hhi), 1.0 / hhi, float(shares[0]), float(shares[:5].sum()))
