"""Value at risk and expected shortfall of four portfolios on real index history, two models."""

from __future__ import annotations

from bisect import bisect_left, insort
from functools import lru_cache

import numpy as np
import pyarrow as pa
from scipy.special import ndtri

from dbt_model_risk.sample_bank.frames import labels, numbers, random_stream
from dbt_model_risk.sample_bank.market_history import daily_closes

__all__ = ["WEIGHTS", "ewma_risk", "historical_risk", "market_risk_days", "portfolio_returns"]

# Share of each portfolio in the S&P 500, the Nasdaq and oil; the position is held constant.
WEIGHTS = {
    "equity": (1.0, 0.0, 0.0),
    "technology": (0.0, 1.0, 0.0),
    "energy": (0.0, 0.0, 1.0),
    "balanced": (0.5, 0.2, 0.3),
}
POSITIONS = {"equity": 120e6, "technology": 60e6, "energy": 40e6, "balanced": 90e6}
# The risk engine maps the Nasdaq to itself and, in part, to the S&P 500.
MAPPED_NASDAQ = (0.15, 0.85, 0.0)

HISTORY_DAYS = 500
EWMA_DECAY = 0.94
EWMA_WARM_UP = 250
INTRADAY_SHARE = 0.02
CORRECTED_DAYS = 6
STAMPED_ON_THE_DAY = 3
MODELS = ("ib_var_historical", "ib_var_ewma")


def portfolio_returns(closes: np.ndarray, weights: dict[str, tuple[float, ...]]) -> np.ndarray:
    """Return daily simple returns, one column per portfolio; the first day has none."""
    return (closes[1:] / closes[:-1] - 1.0) @ np.array(list(weights.values())).T


def historical_risk(returns: np.ndarray) -> np.ndarray:
    """Return VaR 99 %, VaR 97.5 % and ES 97.5 % by historical simulation, as shares of the position.

    Row t uses the ``HISTORY_DAYS`` returns before day ``HISTORY_DAYS`` + t and none of that day or later. The quantile
    interpolates between order statistics; the shortfall is the mean of the worst 2.5 % of the days.

    Returns
    -------
    numpy.ndarray
        Shape (days - HISTORY_DAYS, portfolios, 3), losses positive.
    """
    worst = int(np.ceil(0.025 * HISTORY_DAYS))
    tails = np.stack([rolling_tail(column, worst + 1) for column in returns.T], axis=1)
    var_990, var_975 = (-interpolated(tails, level * (HISTORY_DAYS - 1)) for level in (0.01, 0.025))
    return np.stack([var_990, var_975, -tails[:, :, :worst].mean(axis=2)], axis=2)


def rolling_tail(returns: np.ndarray, size: int) -> np.ndarray:
    """Return the ``size`` lowest of the ``HISTORY_DAYS`` values before each day, ascending.

    The window is kept sorted from day to day, which is many times faster than sorting it anew.
    """
    values = returns.tolist()
    window = sorted(values[:HISTORY_DAYS])
    tails = np.empty((len(values) - HISTORY_DAYS, size))
    for day in range(tails.shape[0]):
        tails[day] = window[:size]
        del window[bisect_left(window, values[day])]
        insort(window, values[day + HISTORY_DAYS])
    return tails


def interpolated(ascending: np.ndarray, position: float) -> np.ndarray:
    """Return the order statistic at a fractional position."""
    below = int(position)
    share = position - below
    return (1.0 - share) * ascending[:, :, below] + share * ascending[:, :, below + 1]


def ewma_risk(returns: np.ndarray) -> np.ndarray:
    """Return VaR 99 %, VaR 97.5 % and ES 97.5 % of a normal with exponentially weighted variance.

    sigma_t^2 = decay sigma_(t-1)^2 + (1 - decay) r_(t-1)^2, started from the variance of the warm-up days.
    J.P. Morgan/Reuters (1996), RiskMetrics Technical Document, section 5.2.

    Returns
    -------
    numpy.ndarray
        Shape (days - EWMA_WARM_UP, portfolios, 3), losses positive.
    """
    variance = np.empty((returns.shape[0] - EWMA_WARM_UP, returns.shape[1]))
    state = (returns[:EWMA_WARM_UP] ** 2).mean(axis=0)
    for day in range(variance.shape[0]):
        variance[day] = state
        state = EWMA_DECAY * state + (1.0 - EWMA_DECAY) * returns[EWMA_WARM_UP + day] ** 2
    density = np.exp(-0.5 * ndtri(0.975) ** 2) / np.sqrt(2.0 * np.pi)
    multiples = np.array([ndtri(0.99), ndtri(0.975), density / 0.025])
    return np.sqrt(variance)[:, :, None] * multiples


@lru_cache(maxsize=1)
def market_risk_days() -> pa.Table:
    """Return the market-risk log: forecasts and the profit and loss they are held against.

    The history is what it is: no scale changes it.
    """
    rng = random_stream("market_risk")
    days, closes = daily_closes()
    returns = portfolio_returns(closes, WEIGHTS)
    position = np.array(list(POSITIONS.values()))
    hypothetical = returns * position
    actual = hypothetical + INTRADAY_SHARE * returns.std(axis=0) * position * rng.normal(size=returns.shape)
    mapped = np.array([(w[0], 0.0, w[2]) for w in WEIGHTS.values()])
    mapped += np.outer([w[1] for w in WEIGHTS.values()], MAPPED_NASDAQ)
    theoretical = np.log1p(closes[1:] / closes[:-1] - 1.0) @ mapped.T * position

    parts = []
    for model, risk in enumerate((historical_risk(returns), ewma_risk(returns))):
        start = returns.shape[0] - risk.shape[0]
        shape = (risk.shape[0], len(WEIGHTS))
        parts.append(
            pa.table(
                {
                    "risk_date": pa.array(np.repeat(days[start + 1 :], len(WEIGHTS))),
                    "portfolio_id": labels(np.tile(np.arange(len(WEIGHTS)), shape[0]), tuple(WEIGHTS)),
                    "model_id": pa.repeat(MODELS[model], risk.shape[0] * len(WEIGHTS)),
                    "model_version": pa.repeat("1.0", risk.shape[0] * len(WEIGHTS)),
                    **{
                        name: numbers((risk[:, :, level] * position).ravel(), digits=2)
                        for level, name in enumerate(("var_990", "var_975", "es_975"))
                    },
                    # The position is held constant: yesterday's is today's.
                    "var_990_prior_positions": numbers((risk[:, :, 0] * position).ravel(), digits=2),
                    "pnl_actual": numbers(actual[start:].ravel(), digits=2),
                    "pnl_hypothetical": numbers(hypothetical[start:].ravel(), digits=2),
                    "pnl_risk_theoretical": numbers(theoretical[start:].ravel(), digits=2),
                    # Forecast in the evening of the business day before.
                    "forecast_at": instants(np.repeat(days[start:-1], len(WEIGHTS)), 22),
                    "loaded_at": instants(np.repeat(days[start + 1 :] + 1, len(WEIGHTS)), 2),
                }
            )
        )
    log = pa.concat_tables(parts)
    return pa.concat_tables([log, corrected(log, rng), stamped_on_the_day(log, rng)])


def instants(days: np.ndarray, hour: int) -> pa.Array:
    """Return an hour of each day as timestamps."""
    return pa.array(days.astype("datetime64[us]") + np.timedelta64(hour, "h"))


def corrected(log: pa.Table, rng: np.random.Generator) -> pa.Table:
    """Return days whose actual profit and loss was restated a week later: fees were booked twice."""
    rows = log.take(pa.array(np.sort(rng.choice(log.num_rows, CORRECTED_DAYS, replace=False))))
    restated = pa.array(np.round(rows["pnl_actual"].to_numpy() + 25_000.0, 2))
    later = pa.array(rows["loaded_at"].to_numpy() + np.timedelta64(7, "D"))
    rows = rows.set_column(rows.schema.get_field_index("pnl_actual"), "pnl_actual", restated)
    return rows.set_column(rows.schema.get_field_index("loaded_at"), "loaded_at", later)


def stamped_on_the_day(log: pa.Table, rng: np.random.Generator) -> pa.Table:
    """Return forecasts that a rerun stamped on the day they are for: look-ahead, to be refused."""
    rows = log.take(pa.array(np.sort(rng.choice(log.num_rows, STAMPED_ON_THE_DAY, replace=False))))
    on_the_day = instants(rows["risk_date"].to_numpy().astype("datetime64[D]"), 18)
    return rows.set_column(rows.schema.get_field_index("forecast_at"), "forecast_at", on_the_day)
