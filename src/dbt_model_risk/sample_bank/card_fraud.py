"""The card fraud log: transactions scored for fraud, alerts at a daily capacity."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dbt_model_risk.sample_bank import arrivals
from dbt_model_risk.sample_bank.frames import (
    artifact_hash,
    at_second,
    drawn_once,
    event_days,
    identifiers,
    labels,
    numbers,
    random_stream,
    scaled,
    sigmoid,
    standardised,
)

__all__ = ["fraud_outcomes", "fraud_predictions"]

MODEL_ID = "retail_card_fraud"
TRANSACTIONS = 150_000
MISSING_DAY = "2025-03-09"
CHAMPION_FROM = np.datetime64("2023-04-01")
OUTCOME_HORIZON_DAYS = 60
ALERT_SHARE = 0.015
CARDS_A_DAY = 3
CHANNELS = ("point_of_sale", "ecommerce", "atm", "contactless")
COUNTRY_GROUPS = ("domestic", "neighbouring", "overseas")
MERCHANTS = ("grocery", "travel", "electronics", "fuel", "leisure", "cash", "other")

PREDICTION_FAULTS: dict[str, arrivals.Fault] = {
    "null_key": ("model_version", None, 8),
    "null_time": ("predicted_at", None, 6),
    "null_score": ("score", None, 12),
    "score_not_finite": ("score", float("inf"), 5),
    "score_out_of_scale": ("score", -0.25, 10),
    "loaded_before_predicted": ("loaded_at", np.datetime64("2022-12-31T23:30", "us"), 9),
}
OUTCOME_FAULTS: dict[str, arrivals.Fault] = {
    "outcome_without_prediction": ("amount", 0.0, 20),
    "null_time": ("loaded_at", None, 7),
}
REPEATED_OUTCOMES = 16


def transactions(rng: np.random.Generator, count: int) -> dict[str, np.ndarray]:
    """Draw card transactions in time order."""
    days = event_days(rng, "2023-01-01", count, weekend_share=0.8, without=MISSING_DAY)
    channel = rng.choice(4, count, p=(0.38, 0.27, 0.08, 0.27))
    card_age = np.round(rng.gamma(2.0, 420.0, count))
    return {
        "days": days,
        "seconds": np.minimum(rng.normal(13.5, 4.0, count).clip(0, 22.9) * 3600, 22.9 * 3600).astype(int),
        "channel": channel,
        "country": rng.choice(3, count, p=(0.86, 0.09, 0.05)),
        "merchant": rng.choice(7, count, p=(0.30, 0.07, 0.10, 0.14, 0.17, 0.08, 0.14)),
        "amount": np.exp(rng.normal(3.3, 1.15, count) + 0.3 * (channel == 1)),
        "distance": np.exp(rng.normal(1.9, 1.4, count)),
        "recent": rng.poisson(2.1, count) + rng.geometric(0.6, count),
        "card_age": card_age,
        # A card is known by the day it was issued on, so its age fits at every payment.
        "card": (days.astype(np.int64) - card_age.astype(np.int64)) * CARDS_A_DAY + rng.integers(0, CARDS_A_DAY, count),
        "no_distance": rng.random(count) < 0.03,
    }


def fraud_logit(drawn: dict[str, np.ndarray]) -> np.ndarray:
    """Return the true logit of fraud."""
    return (
        -7.70
        + 1.00 * standardised(np.log(drawn["amount"]), 3.4, 1.15)
        + 1.10 * standardised(np.log(drawn["distance"]), 1.9, 1.4, drawn["no_distance"])
        + 0.90 * standardised(drawn["recent"], 3.8, 1.8)
        - 0.60 * standardised(np.log1p(drawn["card_age"]), 6.45, 0.8)
        + np.array([0.0, 1.2, 0.8, -0.6])[drawn["channel"]]
        + np.array([0.0, 0.6, 1.5])[drawn["country"]]
        + np.array([-0.5, 0.7, 0.9, 0.0, 0.1, 0.3, 0.0])[drawn["merchant"]]
    )


def top_of_each_day(days: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return which transactions are alerted: the riskiest of each day, as many as the analysts can work."""
    ranking = np.lexsort((-score, days))
    _, first, size = np.unique(days[ranking], return_index=True, return_counts=True)
    rank = np.empty(days.size, dtype=np.int64)
    rank[ranking] = np.arange(days.size) - np.repeat(first, size)
    capacity = np.ceil(ALERT_SHARE * np.repeat(size, size))
    return rank < capacity


@drawn_once
def fraud_log(scale: float) -> tuple[pa.Table, pa.Table]:
    """Return predictions and outcomes of the card fraud log."""
    rng = random_stream("card_fraud")
    count = round(TRANSACTIONS * scale)
    drawn = transactions(rng, count)
    true_logit = fraud_logit(drawn)
    score = np.round(sigmoid(true_logit - 0.06 + 0.40 * rng.normal(size=count)), 6)
    keys = identifiers("cf", np.arange(count))
    predictions = logged(rng, drawn, keys, score, scale)

    is_fraud = (rng.random(count) < sigmoid(true_logit)).astype(float)
    # A chargeback comes in within weeks; without one, the case is closed as genuine after the horizon.
    wait = np.where(is_fraud == 1.0, rng.integers(5, OUTCOME_HORIZON_DAYS, count), OUTCOME_HORIZON_DAYS)
    outcomes = arrivals.outcome_rows(
        keys,
        at_second(drawn["days"] + wait, drawn["seconds"]),
        is_fraud,
        is_fraud * drawn["amount"],
        rng,
        scale=scale,
        late=300,
        corrected=12,
        excluded=25,
    )
    repeated = outcomes.take(arrivals.sampled_rows(rng, outcomes.num_rows, scaled(REPEATED_OUTCOMES, scale)))
    broken = arrivals.broken_copies(outcomes, rng, OUTCOME_FAULTS, key_prefix="cf-orphan", scale=scale)
    return predictions, pa.concat_tables([outcomes, repeated, broken])


def logged(
    rng: np.random.Generator, drawn: dict[str, np.ndarray], keys: pa.Array, score: np.ndarray, scale: float
) -> pa.Table:
    """Return the prediction log with its faults."""
    count = score.size
    days = drawn["days"]
    alert = top_of_each_day(days, score).astype(int)
    log = pa.table(
        {
            "prediction_id": keys,
            "model_id": pa.repeat(MODEL_ID, count),
            "model_version": pa.repeat("1.0", count),
            "entity_id": identifiers("card", drawn["card"]),
            "predicted_at": pa.array(at_second(days, drawn["seconds"]).astype("datetime64[us]")),
            "loaded_at": pa.array(arrivals.load_times(rng, days, scaled(260, scale)).astype("datetime64[us]")),
            "score": pa.array(score),
            "predicted_class": labels(alert, ("0", "1")),
            "decision": labels(alert, ("pass", "alert")),
            "variant": labels((days < CHAMPION_FROM).astype(int), ("champion", "shadow")),
            "exposure_amount": numbers(drawn["amount"], digits=2),
            "artifact_sha256": pa.repeat(artifact_hash(MODEL_ID, "1.0"), count),
            "channel": labels(drawn["channel"], CHANNELS),
            "country_group": labels(drawn["country"], COUNTRY_GROUPS),
            "transaction_amount": numbers(drawn["amount"], digits=2),
            "distance_from_home": numbers(drawn["distance"], drawn["no_distance"], digits=2),
            "transactions_last_day": pa.array(drawn["recent"], pa.int64()),
            "card_age_days": numbers(drawn["card_age"], digits=0),
            "hour_of_day": pa.array(drawn["seconds"] // 3600, pa.int64()),
            "merchant_category": labels(drawn["merchant"], MERCHANTS),
        }
    )
    log = arrivals.duplicated_rows(log, rng, later=scaled(140, scale), same=scaled(30, scale))
    broken = arrivals.broken_copies(log, rng, PREDICTION_FAULTS, key_prefix="cf", scale=scale)
    return pa.concat_tables([log, broken])


def fraud_predictions(scale: float) -> pa.Table:
    """Return the card fraud prediction log."""
    return fraud_log(scale)[0]


def fraud_outcomes(scale: float) -> pa.Table:
    """Return the outcomes of the card fraud log: chargeback within 60 days."""
    return fraud_log(scale)[1]
