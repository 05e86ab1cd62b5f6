"""Additional value adjustment for model risk: the distance from fair value to a prudent value."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["PrudentValue", "model_risk_adjustment"]

CONFIDENCE = 0.9
# Half of the adjustment counts when categories are added up: the Annex of the regulation.
WEIGHT = 0.5


class PrudentValue(NamedTuple):
    """Prudent value, its distance from fair value, and what either method of the Annex adds up."""

    prudent_value: float
    individual: float
    method1: float
    method2: float


def model_risk_adjustment(valuations: np.ndarray, *, fair_value: float, side: str = "long") -> PrudentValue:
    """Return the adjustment of one holding for the choice of its valuation model.

    Parameters
    ----------
    valuations
        What plausible models value the holding at, in the currency of ``fair_value``, shape (n,), n at least 2. Their
        mean is the expected value.
    fair_value
        The value in the books.
    side
        ``long``: a lower value is prudent, the 10 % quantile (type 7). ``short``, of an amount owed: a higher, the
        90 % quantile.

    Returns
    -------
    PrudentValue
        No figure but the prudent value is below zero: a gain is not an adjustment.

    Raises
    ------
    ValueError
        If there are fewer than two valuations, a figure is not finite or the side is neither.

    References
    ----------
    Delegated Regulation (EU) 2016/101, article 11 and the Annex, methods 1 and 2.
    """
    valuations = np.asarray(valuations, float)
    if valuations.size < 2:
        raise ValueError("model risk takes two valuations at least")
    if not (np.isfinite(valuations).all() and np.isfinite(fair_value)):
        raise ValueError("valuations and fair_value must be finite")
    if side not in ("long", "short"):
        raise ValueError(f"side must be long or short, not {side!r}")
    sign = 1.0 if side == "long" else -1.0
    prudent = float(np.quantile(sign * valuations, 1.0 - CONFIDENCE)) * sign
    individual = max(0.0, sign * (fair_value - prudent))
    blended = WEIGHT * float(valuations.mean()) + (1.0 - WEIGHT) * prudent
    method2 = max(0.0, sign * (fair_value - blended))
    return PrudentValue(prudent, individual, (1.0 - WEIGHT) * individual, method2)
