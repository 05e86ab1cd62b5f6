"""Value at risk and expected shortfall of the P&L as it was, by both conventions of each."""

from __future__ import annotations

import numpy as np

__all__ = ["expected_shortfall", "mean_beyond", "order_statistic_var", "tail_rank", "value_at_risk"]


def value_at_risk(pnl: np.ndarray, *, tail: float) -> float:
    """Return the loss at the ``tail`` quantile, interpolated between order statistics (type 7, SQL's percentile_cont).

    Parameters
    ----------
    pnl
        Profit and loss, positive = gain, shape (n,), in any order.
    tail
        Probability of a worse day: 0.01 for 99 % value at risk.

    Raises
    ------
    ValueError
        If there is no day, a day is not finite, or the tail is not between 0 and 1.

    References
    ----------
    Hyndman and Fan (1996), Sample quantiles in statistical packages, The American Statistician 50.
    """
    return -float(np.quantile(checked(pnl, tail), tail))


def order_statistic_var(pnl: np.ndarray, *, tail: float) -> float:
    """Return the loss of the ceil(n tail)-th worst day: a day that happened (SQL's percentile_disc); as above."""
    pnl = checked(pnl, tail)
    return -float(np.sort(pnl)[tail_rank(pnl.size, tail) - 1])


def expected_shortfall(pnl: np.ndarray, *, tail: float) -> float:
    """Return the mean loss of the worst n tail days, the last of them with the fraction that is left.

    Never below `order_statistic_var`, additive in scale and coherent, unlike `mean_beyond`.

    References
    ----------
    Acerbi and Tasche (2002), On the coherence of expected shortfall, Journal of Banking and Finance 26.
    """
    pnl = np.sort(checked(pnl, tail))
    days = pnl.size * tail
    weights = np.clip(days - np.arange(pnl.size), 0.0, 1.0)
    return -float(weights @ pnl / days)


def mean_beyond(pnl: np.ndarray, *, tail: float) -> float:
    """Return the mean loss of the days at or beyond `value_at_risk`."""
    pnl = checked(pnl, tail)
    return -float(pnl[pnl <= np.quantile(pnl, tail)].mean())


def tail_rank(days: int, tail: float) -> int:
    """Return ceil(days tail), 1 at least; rounded first, since 250 x 0.02 is not 5 in every float."""
    return max(int(np.ceil(round(days * tail, 9))), 1)


def checked(pnl: np.ndarray, tail: float) -> np.ndarray:
    """Return the P&L as an array of floats, or refuse it."""
    pnl = np.asarray(pnl, float)
    if pnl.size == 0 or not np.isfinite(pnl).all():
        raise ValueError("pnl must hold at least one day and be finite; remove null days first")
    if not 0.0 < tail < 1.0:
        raise ValueError(f"tail must lie between 0 and 1, not {tail}")
    return pnl
