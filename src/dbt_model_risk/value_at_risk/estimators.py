"""The estimators by name: each turns a window of P&L into value at risk and expected shortfall."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dbt_model_risk.value_at_risk import historical, parametric
from dbt_model_risk.value_at_risk.filtered import filtered_pnl
from dbt_model_risk.value_at_risk.volatility import ewma_volatility, garch_volatility

__all__ = ["CONVENTIONS", "ESTIMATORS", "MINIMUM_DAYS", "PLAUSIBLE", "WINDOW_DAYS", "Estimate", "estimate"]

WINDOW_DAYS = 500
MINIMUM_DAYS = 250
TAIL_990, TAIL_975 = 0.01, 0.025
MISSING = float("nan")


class Estimate(NamedTuple):
    """Figures of one estimator, NaN with a reason where it has none; losses are positive."""

    var_990: float
    var_975: float
    es_975: float
    reason: str | None = None


def estimate(name: str, pnl: np.ndarray) -> Estimate:
    """Return the figures of one estimator for the day after the window.

    Parameters
    ----------
    name
        A key of `ESTIMATORS`.
    pnl
        The window in order of date, finite.

    Returns
    -------
    Estimate
        reason is ``small_sample`` under `MINIMUM_DAYS`, ``constant_history`` where the P&L never moves and the
        estimator needs it to, ``no_convergence`` where the fit of a volatility fails.
    """
    pnl = np.asarray(pnl, float)
    if pnl.size < MINIMUM_DAYS:
        return Estimate(MISSING, MISSING, MISSING, "small_sample")
    if name not in HISTORICAL and np.ptp(pnl) == 0.0:
        return Estimate(MISSING, MISSING, MISSING, "constant_history")
    return ESTIMATORS[name](pnl)


def historical_type7(pnl: np.ndarray) -> Estimate:
    return Estimate(
        historical.value_at_risk(pnl, tail=TAIL_990),
        historical.value_at_risk(pnl, tail=TAIL_975),
        historical.expected_shortfall(pnl, tail=TAIL_975),
    )


def historical_order_statistic(pnl: np.ndarray) -> Estimate:
    return Estimate(
        historical.order_statistic_var(pnl, tail=TAIL_990),
        historical.order_statistic_var(pnl, tail=TAIL_975),
        historical.mean_beyond(pnl, tail=TAIL_975),
    )


def normal(pnl: np.ndarray) -> Estimate:
    return normal_figures(pnl.mean(), pnl.std(ddof=1))


def student_t(pnl: np.ndarray) -> Estimate:
    mean, deviation, freedom = pnl.mean(), pnl.std(ddof=1), parametric.fit_freedom(pnl)
    return Estimate(
        parametric.student_var(mean, deviation, freedom, tail=TAIL_990),
        parametric.student_var(mean, deviation, freedom, tail=TAIL_975),
        parametric.student_es(mean, deviation, freedom, tail=TAIL_975),
    )


def ewma_normal(pnl: np.ndarray) -> Estimate:
    return normal_figures(0.0, ewma_volatility(pnl)[-1])


def filtered_ewma(pnl: np.ndarray) -> Estimate:
    return historical_type7(filtered_pnl(pnl, ewma_volatility(pnl)))


def filtered_garch(pnl: np.ndarray) -> Estimate:
    volatility = garch_volatility(pnl)
    if volatility is None:
        return Estimate(MISSING, MISSING, MISSING, "no_convergence")
    return historical_type7(filtered_pnl(pnl, volatility))


def normal_figures(mean: float, deviation: float) -> Estimate:
    return Estimate(
        parametric.normal_var(mean, deviation, tail=TAIL_990),
        parametric.normal_var(mean, deviation, tail=TAIL_975),
        parametric.normal_es(mean, deviation, tail=TAIL_975),
    )


HISTORICAL = ("historical_type7", "historical_order_statistic")
ESTIMATORS: dict[str, Callable[[np.ndarray], Estimate]] = {
    "historical_type7": historical_type7,
    "historical_order_statistic": historical_order_statistic,
    "normal": normal,
    "student_t": student_t,
    "ewma_normal": ewma_normal,
    "filtered_ewma": filtered_ewma,
    "filtered_garch": filtered_garch,
}
# Another quantile convention is not another model: the order statistic stays out, however far it lies.
PLAUSIBLE = tuple(name for name in ESTIMATORS if name != "historical_order_statistic")
CONVENTIONS = {
    "historical_type7": "var_type7_es_fractional",
    "historical_order_statistic": "var_order_statistic_es_mean_beyond",
    "normal": "sample_mean_and_deviation",
    "student_t": "sample_deviation_freedom_by_likelihood",
    "ewma_normal": "zero_mean_lambda_094",
    "filtered_ewma": "lambda_094_type7_es_fractional",
    "filtered_garch": "garch_11_normal_type7_es_fractional",
}
