"""One-step-ahead volatility of each day, from the days before it."""

from __future__ import annotations

import numpy as np

__all__ = ["LAMBDA", "ewma_volatility", "garch_volatility"]

LAMBDA = 0.94


def ewma_volatility(pnl: np.ndarray, *, decay: float = LAMBDA) -> np.ndarray:
    """Return the exponentially weighted volatility forecast for each day and for the day after the last.

    variance_t = decay variance_{t-1} + (1 - decay) pnl_{t-1}^2 about a mean of zero: a day never moves its own
    volatility. The first is the root mean square of the window.

    Parameters
    ----------
    pnl
        Profit and loss in order of date, shape (n,).
    decay
        Weight of the past; 1 keeps volatility constant.

    Returns
    -------
    numpy.ndarray
        Shape (n + 1,); the last is the forecast.

    References
    ----------
    J.P. Morgan/Reuters (1996), RiskMetrics technical document, section 5.2.
    """
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"decay must lie between 0 and 1, not {decay}")
    squares = np.asarray(pnl, float) ** 2
    variance = np.empty(squares.size + 1)
    variance[0] = squares.mean()
    for day, square in enumerate(squares):
        variance[day + 1] = decay * variance[day] + (1.0 - decay) * square
    return np.sqrt(variance)


def garch_volatility(pnl: np.ndarray) -> np.ndarray | None:
    """Return the same from a GARCH(1,1) with zero mean and normal innovations; null where the fit does not converge.

    The parameters are fitted to the whole window, all of it known when the forecast is made; the volatility of a day
    uses the days before it. As `ewma_volatility` otherwise.

    References
    ----------
    Bollerslev (1986), Generalized autoregressive conditional heteroskedasticity, Journal of Econometrics 31.
    """
    # Slow to import, and one estimator of seven needs it.
    from arch import arch_model

    pnl = np.asarray(pnl, float)
    unit = np.sqrt((pnl**2).mean())
    if not unit > 0.0:
        return None
    fit = arch_model(pnl / unit, mean="Zero", vol="GARCH", p=1, q=1, rescale=False).fit(disp="off", show_warning=False)
    ahead = np.sqrt(fit.forecast(horizon=1, reindex=False).variance.to_numpy()[-1, 0])
    volatility = np.append(fit.conditional_volatility, ahead) * unit
    usable = fit.convergence_flag == 0 and np.isfinite(volatility).all() and (volatility > 0.0).all()
    return volatility if usable else None
