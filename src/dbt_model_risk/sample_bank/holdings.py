"""What the investment bank holds: positions, sensitivities and the history of their risk factors."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dbt_model_risk.sample_bank.frames import labels, numbers
from dbt_model_risk.sample_bank.market_history import FACTORS, daily_closes
from dbt_model_risk.sample_bank.market_risk import POSITIONS, WEIGHTS

__all__ = ["positions", "risk_factors", "sensitivities"]

FIRST_HOLDING_DAY = np.datetime64("2018-01-01")
INSTRUMENTS = ("index_fund_large_cap", "index_fund_technology", "crude_oil_futures")
ISSUERS = ("Large Cap Index Trust", "Technology Index Trust", "Commodity Clearing House")
FACTOR_CLASSES = ("equity", "equity", "commodity")
SHIFT_SIZE = 0.01
# Dollar gamma and vega per unit of delta: a small option overlay on the futures, none on the funds.
GAMMA_SHARE = (0.0, 0.0, -0.20)
VEGA_SHARE = (0.0, 0.0, -0.06)


def held() -> dict[str, np.ndarray]:
    """Return the month ends of the last year beside every instrument that a portfolio holds."""
    days, _ = daily_closes()
    recent = days[days >= FIRST_HOLDING_DAY]
    months = recent.astype("datetime64[M]")
    ends = recent[np.append(months[1:] != months[:-1], True)]
    weights = np.array(list(WEIGHTS.values()))
    portfolio, instrument = np.nonzero(weights)
    return {
        "day": np.repeat(ends, portfolio.size),
        "portfolio": np.tile(portfolio, ends.size),
        "instrument": np.tile(instrument, ends.size),
        "value": np.tile(weights[portfolio, instrument] * np.array(list(POSITIONS.values()))[portfolio], ends.size),
    }


def loaded_next_morning(days: np.ndarray) -> pa.Array:
    """Return two o'clock of the following day."""
    return pa.array((days + 1).astype("datetime64[us]") + np.timedelta64(2, "h"))


def positions() -> pa.Table:
    """Return holdings at every month's end, one row per day, portfolio and instrument."""
    drawn = held()
    return pa.table(
        {
            "risk_date": pa.array(drawn["day"]),
            "portfolio_id": labels(drawn["portfolio"], tuple(WEIGHTS)),
            "instrument_id": labels(drawn["instrument"], INSTRUMENTS),
            "market_value": numbers(drawn["value"], digits=2),
            "currency": pa.repeat("USD", drawn["day"].size),
            "issuer": labels(drawn["instrument"], ISSUERS),
            "loaded_at": loaded_next_morning(drawn["day"]),
        }
    )


def sensitivities() -> pa.Table:
    """Return sensitivities at every month's end, one row per day, portfolio and risk factor."""
    drawn = held()
    return pa.table(
        {
            "risk_date": pa.array(drawn["day"]),
            "portfolio_id": labels(drawn["portfolio"], tuple(WEIGHTS)),
            "factor_id": labels(drawn["instrument"], tuple(FACTORS)),
            "delta": numbers(drawn["value"] * SHIFT_SIZE, digits=2),
            "gamma": numbers(drawn["value"] * np.array(GAMMA_SHARE)[drawn["instrument"]] * SHIFT_SIZE**2, digits=2),
            "vega": numbers(drawn["value"] * np.array(VEGA_SHARE)[drawn["instrument"]] * SHIFT_SIZE, digits=2),
            "shift_type": pa.repeat("relative", drawn["day"].size),
            "shift_size": pa.repeat(SHIFT_SIZE, drawn["day"].size),
            "loaded_at": loaded_next_morning(drawn["day"]),
        }
    )


def risk_factors() -> pa.Table:
    """Return the price history of the risk factors, one row per factor and day."""
    days, closes = daily_closes()
    return pa.table(
        {
            "risk_date": pa.array(np.repeat(days, len(FACTORS))),
            "factor_id": labels(np.tile(np.arange(len(FACTORS)), days.size), tuple(FACTORS)),
            "factor_class": labels(np.tile(np.arange(len(FACTORS)), days.size), FACTOR_CLASSES),
            "value": numbers(closes.ravel()),
            "loaded_at": loaded_next_morning(np.repeat(days, len(FACTORS))),
        }
    )
