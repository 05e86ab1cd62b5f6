"""What the investment bank holds: positions, sensitivities, revaluations, and the history of their risk factors."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dbt_model_risk.sample_bank.frames import labels, numbers, random_stream
from dbt_model_risk.sample_bank.market_history import FACTORS, daily_closes
from dbt_model_risk.sample_bank.market_risk import POSITIONS, WEIGHTS

__all__ = ["positions", "risk_factors", "scenario_values", "sensitivities", "valuations"]

FIRST_HOLDING_DAY = np.datetime64("2018-01-01")
INSTRUMENTS = ("index_fund_large_cap", "index_fund_technology", "crude_oil_futures")
ISSUERS = ("Large Cap Index Trust", "Technology Index Trust", "Commodity Clearing House")
FACTOR_CLASSES = ("equity", "equity", "commodity")
SHIFT_SIZE = 0.01
# Dollar gamma and vega per unit of delta: a small option overlay on the futures, none on the funds.
GAMMA_SHARE = (0.0, 0.0, -0.20)
VEGA_SHARE = (0.0, 0.0, -0.06)
# The desk revalues its futures and their option overlay in full for two moves of the oil price.
REVALUED = 2
REVALUED_MOVES = {"oil_down_025": -0.25, "oil_up_025": 0.25}
# The overlay's losses flatten where the options end: beyond this the quadratic term of a revaluation grows no more.
FLAT_BEYOND = 0.20
VALUATION_MODELS = 10
VALUATION_SPREAD = 0.012


def held() -> dict[str, np.ndarray]:
    """Return the month ends of the last year beside every instrument that a portfolio holds."""
    days, closes = daily_closes()
    is_recent = days >= FIRST_HOLDING_DAY
    recent = days[is_recent]
    months = recent.astype("datetime64[M]")
    is_end = np.append(months[1:] != months[:-1], True)
    ends, prices = recent[is_end], closes[is_recent][is_end]
    weights = np.array(list(WEIGHTS.values()))
    portfolio, instrument = np.nonzero(weights)
    return {
        "day": np.repeat(ends, portfolio.size),
        "portfolio": np.tile(portfolio, ends.size),
        "instrument": np.tile(instrument, ends.size),
        "value": np.tile(weights[portfolio, instrument] * np.array(list(POSITIONS.values()))[portfolio], ends.size),
        "price": prices[:, instrument].ravel(),
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
            "quantity": numbers(drawn["value"] / drawn["price"], digits=4),
            "currency": pa.repeat("USD", drawn["day"].size),
            "issuer": labels(drawn["instrument"], ISSUERS),
            "loaded_at": loaded_next_morning(drawn["day"]),
        }
    )


def sensitivities() -> pa.Table:
    """Return sensitivities at every month's end, one row per day, portfolio, instrument and risk factor."""
    drawn = held()
    return pa.table(
        {
            "risk_date": pa.array(drawn["day"]),
            "portfolio_id": labels(drawn["portfolio"], tuple(WEIGHTS)),
            "instrument_id": labels(drawn["instrument"], INSTRUMENTS),
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


def scenario_values() -> pa.Table:
    """Return the oil positions of the last day revalued in full, one row per portfolio, instrument and scenario."""
    drawn = last_day(held())
    is_revalued = drawn["instrument"] == REVALUED
    value, portfolio = drawn["value"][is_revalued], drawn["portfolio"][is_revalued]
    moves = np.array(list(REVALUED_MOVES.values()))
    curved = np.clip(moves, -FLAT_BEYOND, FLAT_BEYOND)
    change = moves + 0.5 * GAMMA_SHARE[REVALUED] * curved**2
    count, days = moves.size, np.repeat(drawn["day"][is_revalued], moves.size)
    return pa.table(
        {
            "risk_date": pa.array(days),
            "portfolio_id": labels(np.repeat(portfolio, count), tuple(WEIGHTS)),
            "instrument_id": pa.repeat(INSTRUMENTS[REVALUED], days.size),
            "scenario_id": labels(np.tile(np.arange(count), value.size), tuple(REVALUED_MOVES)),
            "step": pa.array(np.ones(days.size, np.int32)),
            "base_value": numbers(np.repeat(value, count), digits=2),
            "scenario_value": numbers((value[:, None] * (1.0 + change)).ravel(), digits=2),
            "loaded_at": loaded_next_morning(days),
        }
    )


def valuations() -> pa.Table:
    """Return each oil position of the last day valued by ten models, one row per portfolio, instrument and model."""
    drawn = last_day(held())
    is_valued = drawn["instrument"] == REVALUED
    value, portfolio = drawn["value"][is_valued], drawn["portfolio"][is_valued]
    spread = VALUATION_SPREAD * random_stream("valuations").normal(size=(value.size, VALUATION_MODELS))
    days = np.repeat(drawn["day"][is_valued], VALUATION_MODELS)
    names = tuple(f"pricer_{number:02d}" for number in range(1, VALUATION_MODELS + 1))
    return pa.table(
        {
            "risk_date": pa.array(days),
            "portfolio_id": labels(np.repeat(portfolio, VALUATION_MODELS), tuple(WEIGHTS)),
            "instrument_id": pa.repeat(INSTRUMENTS[REVALUED], days.size),
            "valuation_model": labels(np.tile(np.arange(VALUATION_MODELS), value.size), names),
            "valuation": numbers((value[:, None] * (1.0 + spread)).ravel(), digits=2),
            "fair_value": numbers(np.repeat(value, VALUATION_MODELS), digits=2),
            "loaded_at": loaded_next_morning(days),
        }
    )


def last_day(drawn: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the holdings of the last day only."""
    return {name: column[drawn["day"] == drawn["day"].max()] for name, column in drawn.items()}
