"""How far value at risk would move on another sample of the same process."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

__all__ = ["ParameterInterval", "block_length", "parameter_interval"]

REPLICATIONS = 500
SEED = 20160101
ENDS = (0.05, 0.95)


class ParameterInterval(NamedTuple):
    """The 5 % and 95 % ends of a figure's bootstrap distribution."""

    low: float
    high: float


def block_length(pnl: np.ndarray) -> float:
    """Return the mean length of blocks, in days, that keeps the clusters of large moves together.

    Chosen for the absolute P&L: the tail depends on volatility, which clusters where the P&L itself does not.

    References
    ----------
    Politis and White (2004), Automatic block-length selection for the dependent bootstrap; corrected by Patton,
    Politis and White (2009), Econometric Reviews 28.
    """
    # Slow to import, and needed here alone.
    from arch.bootstrap import optimal_block_length

    size = np.abs(np.asarray(pnl, float))
    if np.ptp(size) == 0.0:
        return 1.0
    return float(max(1.0, optimal_block_length(size)["stationary"].iloc[0]))


def parameter_interval(
    pnl: np.ndarray, figures: dict[str, Callable[[np.ndarray], float]], *, replications: int = REPLICATIONS
) -> dict[str, ParameterInterval]:
    """Return the interval of each figure over resampled histories: blocks of random length, joined in a circle.

    Parameters
    ----------
    pnl
        History in order of date, shape (n,).
    figures
        Functions of a resampled history, by name; all see the same resamples.
    replications
        How many histories to draw. The seed is fixed: the same history gives the same interval.

    References
    ----------
    Politis and Romano (1994), The stationary bootstrap, Journal of the American Statistical Association 89.
    """
    from arch.bootstrap import StationaryBootstrap

    pnl = np.asarray(pnl, float)
    draws = StationaryBootstrap(block_length(pnl), pnl, seed=np.random.default_rng(SEED))
    samples = [positional[0] for positional, _ in draws.bootstrap(replications)]
    ends = {name: np.quantile([figure(sample) for sample in samples], ENDS) for name, figure in figures.items()}
    return {name: ParameterInterval(float(low), float(high)) for name, (low, high) in ends.items()}
