"""How far plausible models of the same thing lie apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Dispersion", "dispersion", "model_risk_add_on"]

CONFIDENCE = 0.9


class Dispersion(NamedTuple):
    """Range over the champion's figure and ratio of the extremes, NaN with a reason where there is none."""

    relative_range: float
    risk_ratio: float
    reason: str | None = None


def dispersion(champion: float, others: np.ndarray) -> Dispersion:
    """Return (max - min) / |champion| and max / min of the champion's figure and all others.

    Parameters
    ----------
    champion
        The figure in use, NaN where it is unknown.
    others
        Figures of the other plausible models, NaN where one has none, in any order.

    Returns
    -------
    Dispersion
        reason is ``no_champion`` without the champion's figure, ``single_model`` where nothing is there to compare
        (unknown, not safe), ``zero_champion`` where it cannot be divided by. The ratio alone is NaN where a figure is
        not positive.

    References
    ----------
    Danielsson, James, Valenzuela and Zer (2016), Model risk of risk models, Journal of Financial Stability 23.
    """
    figures = np.append(champion, np.asarray(others, float))
    figures = figures[np.isfinite(figures)]
    if not np.isfinite(champion):
        return Dispersion(np.nan, np.nan, "no_champion")
    if figures.size < 2:
        return Dispersion(np.nan, np.nan, "single_model")
    if champion == 0.0:
        return Dispersion(np.nan, np.nan, "zero_champion")
    ratio = figures.max() / figures.min() if figures.min() > 0.0 else np.nan
    return Dispersion(float((figures.max() - figures.min()) / abs(champion)), float(ratio))


def model_risk_add_on(champion: float, others: np.ndarray) -> float:
    """Return how much the champion's figure would have to rise to cover nine plausible models of ten.

    max(0, 90 % quantile, type 7, of the champion's figure and all others - champion), in units of the figures; NaN
    where the champion has none or stands alone.
    """
    figures = np.append(champion, np.asarray(others, float))
    figures = figures[np.isfinite(figures)]
    if not np.isfinite(champion) or figures.size < 2:
        return float("nan")
    return float(max(0.0, np.quantile(figures, CONFIDENCE) - champion))
