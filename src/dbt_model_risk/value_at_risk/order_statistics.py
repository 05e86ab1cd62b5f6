"""An interval of a quantile that assumes no distribution."""

from __future__ import annotations

import numpy as np
from scipy.special import bdtr

from dbt_model_risk.value_at_risk.historical import checked

__all__ = ["quantile_interval"]


def quantile_interval(pnl: np.ndarray, *, tail: float, beyond: float = 0.05) -> tuple[float, float]:
    """Return both ends of an interval of value at risk, each missed with a probability of ``beyond`` at most.

    The ends are losses of days that happened. The upper end is NaN where the worst day is not rare enough: at 99 %
    in fewer than 299 days. Days are taken as independent, so volatility that clusters makes it too narrow.

    References
    ----------
    David and Nagaraja (2003), Order statistics, section 7.1.
    """
    worst = np.sort(checked(pnl, tail))
    # The r-th worst day lies above the quantile iff fewer than r days lie below it.
    fewer = bdtr(np.arange(worst.size), worst.size, tail)
    above = np.flatnonzero(fewer >= 1.0 - beyond)
    below = np.flatnonzero(fewer <= beyond)
    low = -worst[above[0]] if above.size else np.nan
    high = -worst[below[-1]] if below.size else np.nan
    return float(low), float(high)
