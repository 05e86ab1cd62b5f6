"""The return forecast log: 12-month returns of funds, forecast with an interval at every month's end."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dbt_model_risk.sample_bank import arrivals
from dbt_model_risk.sample_bank.frames import (
    LAST_EVENT_DAY,
    artifact_hash,
    at_second,
    drawn_once,
    identifiers,
    labels,
    numbers,
    random_stream,
    scaled,
)

__all__ = ["forecast_outcomes", "forecast_predictions"]

MODEL_ID = "wealth_return_forecast"
FUNDS = 200
CHAMPION_FROM = np.datetime64("2023-07-01")
OUTCOME_HORIZON_DAYS = 365
ASSET_CLASSES = ("equity", "bond", "mixed", "alternative")
DOMICILES = ("home", "abroad")
# Standard deviations of a mixed fund's realised return around the forecast: of a month's funds together, of one fund.
COMMON_DEVIATION = 0.035
FUND_DEVIATION = 0.09
INTERVAL_HALF_WIDTH = 1.6448536269514722 * float(np.hypot(COMMON_DEVIATION, FUND_DEVIATION))
# How much further, or less far, than a mixed fund the funds of an asset class stray.
SPREAD = np.array([1.4, 0.4, 1.0, 1.2])

PREDICTION_FAULTS: dict[str, arrivals.Fault] = {
    "null_score": ("predicted_return", None, 2),
    "score_not_finite": ("predicted_return", float("nan"), 3),
}
OUTCOME_FAULTS: dict[str, arrivals.Fault] = {
    "null_key": ("prediction_id", None, 2),
    "outcome_not_in_domain": ("outcome", float("nan"), 2),
}


def month_ends() -> np.ndarray:
    """Return the last weekday of every month from January 2023 to the last event day."""
    months = np.arange(np.datetime64("2023-02", "M"), LAST_EVENT_DAY.astype("datetime64[M]") + 2)
    return np.busday_offset(months.astype("datetime64[D]") - 1, 0, roll="backward")


def funds(rng: np.random.Generator, fund_count: int, month_count: int) -> dict[str, np.ndarray]:
    """Draw every fund in every month, month by month; what a fund is stays, what it did moves."""
    by_fund = {
        "fund": np.arange(fund_count),
        "asset_class": rng.choice(4, fund_count, p=(0.45, 0.25, 0.20, 0.10)),
        "domicile": rng.choice(2, fund_count, p=(0.7, 0.3)),
        "expense": rng.gamma(6.0, 0.0018, fund_count),
        "log_size": rng.normal(19.0, 1.3, fund_count),
        "turnover": rng.gamma(2.0, 0.3, fund_count),
    }
    count = fund_count * month_count
    drawn = {name: np.tile(values, month_count) for name, values in by_fund.items()}
    market = np.repeat(rng.normal(0.0, 0.2, month_count), fund_count)
    level = np.array([0.17, 0.06, 0.10, 0.12])[drawn["asset_class"]]
    drawn["volatility"] = level * np.exp(rng.normal(0.0, 0.25, count))
    drawn["momentum"] = 0.06 * (market + rng.normal(0.0, 1.0, count))
    drawn["size"] = np.exp(drawn.pop("log_size") + rng.normal(0.0, 0.1, count))
    drawn["no_turnover"] = rng.random(count) < 0.02
    return drawn


@drawn_once
def forecast_log(scale: float) -> tuple[pa.Table, pa.Table]:
    """Return predictions and outcomes of the return forecast log."""
    rng = random_stream("return_forecast")
    fund_count = scaled(FUNDS, scale)
    ends = month_ends()
    drawn = funds(rng, fund_count, ends.size)
    days = np.repeat(ends, fund_count)
    premium = np.array([0.065, 0.025, 0.045, 0.05])[drawn["asset_class"]]
    expected = premium + 0.35 * drawn["momentum"] - drawn["expense"] + 0.10 * (drawn["volatility"] - 0.12)
    spread = SPREAD[drawn["asset_class"]]
    forecast = expected + 0.1 * spread * rng.normal(0.0, FUND_DEVIATION, days.size)
    keys = identifiers("rf", np.arange(days.size))
    predictions = logged(rng, drawn, days, keys, forecast, scale)

    common = np.repeat(rng.normal(0.0, COMMON_DEVIATION, ends.size), fund_count)
    realised = expected + spread * (common + rng.normal(0.0, FUND_DEVIATION, days.size))
    outcomes = arrivals.outcome_rows(
        keys,
        at_second(days + OUTCOME_HORIZON_DAYS, 18 * 3600),
        np.round(realised, 6),
        np.zeros(days.size),
        rng,
        scale=scale,
        late=20,
        corrected=12,
        excluded=4,
    )
    broken = arrivals.broken_copies(outcomes, rng, OUTCOME_FAULTS, key_prefix="rf-orphan", scale=scale)
    return predictions, pa.concat_tables([outcomes, broken])


def logged(
    rng: np.random.Generator,
    drawn: dict[str, np.ndarray],
    days: np.ndarray,
    keys: pa.Array,
    forecast: np.ndarray,
    scale: float,
) -> pa.Table:
    """Return the prediction log with its faults."""
    count = days.size
    half_width = INTERVAL_HALF_WIDTH * SPREAD[drawn["asset_class"]]
    log = pa.table(
        {
            "prediction_id": keys,
            "model_id": pa.repeat(MODEL_ID, count),
            "model_version": pa.repeat("1.0", count),
            "fund_id": identifiers("fund", drawn["fund"]),
            "predicted_at": pa.array(at_second(days, 18 * 3600).astype("datetime64[us]")),
            "loaded_at": pa.array(arrivals.load_times(rng, days, scaled(40, scale)).astype("datetime64[us]")),
            "predicted_return": numbers(forecast),
            "return_lower": numbers(forecast - half_width),
            "return_upper": numbers(forecast + half_width),
            "variant": labels((days < CHAMPION_FROM).astype(int), ("champion", "shadow")),
            "exposure_amount": numbers(drawn["size"] * 0.01, digits=2),
            "artifact_sha256": pa.repeat(artifact_hash(MODEL_ID, "1.0"), count),
            "asset_class": labels(drawn["asset_class"], ASSET_CLASSES),
            "domicile": labels(drawn["domicile"], DOMICILES),
            "momentum": numbers(drawn["momentum"]),
            "volatility": numbers(drawn["volatility"]),
            "expense_ratio": numbers(drawn["expense"]),
            "fund_size": numbers(drawn["size"], digits=0),
            "turnover": numbers(drawn["turnover"], drawn["no_turnover"], digits=4),
        }
    )
    log = arrivals.duplicated_rows(log, rng, later=scaled(10, scale), same=scaled(4, scale))
    broken = arrivals.broken_copies(log, rng, PREDICTION_FAULTS, key_prefix="rf", scale=scale)
    return pa.concat_tables([log, broken])


def forecast_predictions(scale: float) -> pa.Table:
    """Return the return forecast prediction log."""
    return forecast_log(scale)[0]


def forecast_outcomes(scale: float) -> pa.Table:
    """Return the outcomes of the return forecast log: the fund's return over the 365 days."""
    return forecast_log(scale)[1]
