"""The wealth churn log: daily scores of clients who may leave, and a version nobody registered."""

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
    with_column,
)

__all__ = ["churn_outcomes", "churn_predictions"]

MODEL_ID = "wealth_churn"
SCORINGS = 54_000
CHAMPION_FROM = np.datetime64("2023-07-01")
AGE_IN_DAYS_FROM = np.datetime64("2025-02-01")
UNREGISTERED_VERSION = "1.1-beta"
UNREGISTERED_FROM = np.datetime64("2025-04-01")
UNREGISTERED_ROWS = 420
OUTCOME_HORIZON_DAYS = 90
CONTACT_THRESHOLD = 0.12
CLIENTS_A_MONTH = 60
WEALTH_TIERS = ("core", "affluent", "high_net_worth", "private")
REGIONS = ("north", "south", "east", "west")
MANDATES = ("execution_only", "advisory", "discretionary")

PREDICTION_FAULTS: dict[str, arrivals.Fault] = {
    "null_key": ("prediction_id", None, 5),
    "null_score": ("score", None, 6),
    "score_out_of_scale": ("score", 6.0, 7),
    "loaded_before_predicted": ("loaded_at", np.datetime64("2022-12-31T23:30", "us"), 3),
}
OUTCOME_FAULTS: dict[str, arrivals.Fault] = {
    "outcome_without_prediction": ("amount", 0.0, 9),
}


def clients(rng: np.random.Generator, count: int) -> dict[str, np.ndarray]:
    """Draw scored clients in time order; what a client is stays from one scoring to the next."""
    days = event_days(rng, "2023-01-01", count, weekend_share=0.6)
    age_months = np.round(rng.gamma(1.9, 46.0, count)) + 1
    opened = days.astype("datetime64[M]").astype(np.int64) - age_months.astype(np.int64)
    client = (opened - opened.min()) * CLIENTS_A_MONTH + rng.integers(0, CLIENTS_A_MONTH, count)
    client_count = client.max() + 1
    tier = rng.choice(4, client_count, p=(0.45, 0.30, 0.17, 0.08))[client]
    usual_balance = rng.normal(0.0, 0.6, client_count)[client]
    return {
        "days": days,
        "seconds": rng.integers(0, 22 * 3600, count),
        "client": client,
        "tier": tier,
        "region": rng.integers(0, 4, client_count)[client],
        "mandate": rng.choice(3, client_count, p=(0.40, 0.38, 0.22))[client],
        "age_months": age_months,
        "balance": np.exp(np.array([10.4, 11.6, 13.1, 14.9])[tier] + usual_balance + rng.normal(0.0, 0.05, count)),
        "performance": rng.normal(0.055, 0.085, count),
        "logins": rng.negative_binomial(1.6, 0.2, count),
        "contacts": rng.poisson(1.1, count),
        "products": 1 + rng.binomial(5, 0.3, count),
        "complained": rng.random(count) < 0.05,
        "no_performance": rng.random(count) < 0.02,
    }


def churn_logit(drawn: dict[str, np.ndarray], age: np.ndarray) -> np.ndarray:
    """Return the logit of leaving within the horizon, account age as given."""
    return (
        -2.93
        - 0.70 * np.minimum(age, 240.0) / 240.0
        - 0.55 * standardised(drawn["performance"], 0.055, 0.085, drawn["no_performance"])
        - 0.40 * standardised(drawn["products"], 2.5, 1.02)
        - 0.30 * standardised(np.sqrt(drawn["contacts"]), 0.85, 0.65)
        + 0.35 * standardised(np.sqrt(drawn["logins"]), 2.2, 1.2)
        + 1.10 * drawn["complained"]
        + np.array([0.15, 0.0, -0.20, -0.45])[drawn["tier"]]
        + np.array([0.30, 0.0, -0.40])[drawn["mandate"]]
    )


@drawn_once
def churn_log(scale: float) -> tuple[pa.Table, pa.Table]:
    """Return predictions and outcomes of the churn log."""
    rng = random_stream("wealth_churn")
    count = round(SCORINGS * scale)
    drawn = clients(rng, count)
    days = drawn["days"]
    # The source system switched account age from months to days; the model was not told.
    delivered_age = np.where(days >= AGE_IN_DAYS_FROM, np.round(drawn["age_months"] * 30.4375), drawn["age_months"])
    score = np.round(sigmoid(churn_logit(drawn, delivered_age) - 0.02 + 0.25 * rng.normal(size=count)), 6)
    predictions = logged(rng, drawn, delivered_age, score, scale)

    has_left = (rng.random(count) < sigmoid(churn_logit(drawn, drawn["age_months"]))).astype(float)
    wait = np.where(has_left == 1.0, rng.integers(3, OUTCOME_HORIZON_DAYS, count), OUTCOME_HORIZON_DAYS)
    outcomes = arrivals.outcome_rows(
        identifiers("wc", np.arange(count)),
        at_second(days + wait, drawn["seconds"]),
        has_left,
        has_left * drawn["balance"],
        rng,
        scale=scale,
        late=90,
        corrected=30,
        excluded=8,
    )
    broken = arrivals.broken_copies(outcomes, rng, OUTCOME_FAULTS, key_prefix="wc-orphan", scale=scale)
    return predictions, pa.concat_tables([outcomes, broken])


def logged(
    rng: np.random.Generator, drawn: dict[str, np.ndarray], age: np.ndarray, score: np.ndarray, scale: float
) -> pa.Table:
    """Return the prediction log with the unregistered version's shadow scores and the faults."""
    count = score.size
    days = drawn["days"]
    contact = (score >= CONTACT_THRESHOLD).astype(int)
    log = pa.table(
        {
            "prediction_id": identifiers("wc", np.arange(count)),
            "model_version": pa.repeat("1.0", count),
            "client_id": identifiers("client", drawn["client"]),
            "predicted_at": pa.array(at_second(days, drawn["seconds"]).astype("datetime64[us]")),
            "loaded_at": pa.array(arrivals.load_times(rng, days, scaled(120, scale)).astype("datetime64[us]")),
            "score": pa.array(score),
            "predicted_class": labels(contact, ("0", "1")),
            "decision": labels(contact, ("none", "contact_client")),
            "variant": labels((days < CHAMPION_FROM).astype(int), ("champion", "shadow")),
            "exposure_amount": numbers(drawn["balance"], digits=2),
            "artifact_sha256": pa.repeat(artifact_hash(MODEL_ID, "1.0"), count),
            "wealth_tier": labels(drawn["tier"], WEALTH_TIERS),
            "region": labels(drawn["region"], REGIONS),
            "account_age": pa.array(age),
            "balance": numbers(drawn["balance"], digits=2),
            "portfolio_return": numbers(drawn["performance"], drawn["no_performance"], digits=5),
            "logins_last_month": pa.array(drawn["logins"], pa.int64()),
            "adviser_contacts": pa.array(drawn["contacts"], pa.int64()),
            "product_count": pa.array(drawn["products"], pa.int64()),
            "mandate_type": labels(drawn["mandate"], MANDATES),
            "has_complained": pa.array(drawn["complained"]),
        }
    )
    shadow_rows = rng.choice(np.flatnonzero(days >= UNREGISTERED_FROM), scaled(UNREGISTERED_ROWS, scale), replace=False)
    shadow = log.take(pa.array(np.sort(shadow_rows)))
    for name, values in (
        ("prediction_id", identifiers("wc-beta", np.arange(shadow.num_rows))),
        ("model_version", UNREGISTERED_VERSION),
        ("variant", "shadow"),
        ("artifact_sha256", artifact_hash(MODEL_ID, UNREGISTERED_VERSION)),
    ):
        shadow = with_column(shadow, name, values)
    delivered_twice = arrivals.duplicated_rows(log, rng, later=scaled(60, scale), same=scaled(12, scale))
    broken = arrivals.broken_copies(log, rng, PREDICTION_FAULTS, key_prefix="wc", scale=scale)
    return pa.concat_tables([delivered_twice, shadow, broken])


def churn_predictions(scale: float) -> pa.Table:
    """Return the wealth churn prediction log."""
    return churn_log(scale)[0]


def churn_outcomes(scale: float) -> pa.Table:
    """Return the outcomes of the churn log: client left within 90 days."""
    return churn_log(scale)[1]
