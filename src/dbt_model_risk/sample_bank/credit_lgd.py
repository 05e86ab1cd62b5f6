"""The credit loss log: the share of a defaulted loan that the bank will lose, estimated on the day of default."""

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

__all__ = ["loss_outcomes", "loss_predictions"]

MODEL_ID = "retail_credit_lgd"
DEFAULTS = 6_600
CHAMPION_FROM = np.datetime64("2023-01-01")
# A workout ends between these days; the horizon of the model's outcome is the longest.
WORKOUT_DAYS = (60, 365)
PRODUCTS = ("mortgage", "auto", "personal")
COLLATERALS = ("property", "vehicle", "guarantee", "none")
CAUSES = ("job_loss", "illness", "separation", "other_debt", "unknown")

PREDICTION_FAULTS: dict[str, arrivals.Fault] = {
    "null_key": ("prediction_id", None, 2),
    "null_score": ("estimated_lgd", None, 4),
    "score_not_finite": ("estimated_lgd", float("inf"), 3),
}
OUTCOME_FAULTS: dict[str, arrivals.Fault] = {
    "outcome_without_prediction": ("amount", 0.0, 5),
    "null_outcome": ("outcome", None, 3),
}


def defaulted_loans(rng: np.random.Generator, count: int) -> dict[str, np.ndarray]:
    """Draw defaulted loans in time order; what secures a loan follows from its product."""
    product = rng.choice(3, count, p=(0.30, 0.35, 0.35))
    is_guaranteed = rng.random(count) < 0.25
    log_balance = np.array([11.6, 9.4, 8.9])[product] + rng.normal(0.0, 0.4, count)
    return {
        "days": event_days(rng, "2022-07-01", count, weekend_share=0.0),
        "seconds": rng.integers(7 * 3600, 20 * 3600, count),
        "product": product,
        "collateral": np.where(product < 2, product, np.where(is_guaranteed, 2, 3)),
        "balance": np.exp(log_balance),
        "loan_to_value": np.clip(rng.normal(0.78, 0.16, count), 0.1, 1.4),
        "months_on_book": np.floor(rng.gamma(2.0, 18.0, count)),
        "cause": rng.choice(5, count, p=(0.30, 0.15, 0.15, 0.30, 0.10)),
    }


def loss_logit(drawn: dict[str, np.ndarray]) -> np.ndarray:
    """Return the logit of the loss to expect of each loan, as a share of its balance."""
    is_secured = drawn["collateral"] < 2
    return (
        np.array([-1.3, -0.5, 0.1, 0.9])[drawn["collateral"]]
        + np.where(is_secured, 0.55, 0.0) * standardised(drawn["loan_to_value"], 0.78, 0.16)
        - 0.20 * standardised(np.minimum(drawn["months_on_book"], 120), 36, 25)
        + np.array([-0.10, 0.05, -0.25, 0.20, 0.05])[drawn["cause"]]
    )


@drawn_once
def loss_log(scale: float) -> tuple[pa.Table, pa.Table]:
    """Return predictions and outcomes of the credit loss log."""
    rng = random_stream("credit_lgd")
    count = round(DEFAULTS * scale)
    drawn = defaulted_loans(rng, count)
    logit = loss_logit(drawn)
    estimate = sigmoid(logit + 0.10 * rng.normal(size=count))
    keys = identifiers("cl", np.arange(count))
    predictions = logged(rng, drawn, keys, estimate, scale)

    # Costs may take a loss beyond the balance, and a sale may bring more than was owed.
    expected = sigmoid(logit)
    deviation = 0.02 + 0.35 * expected * (1.0 - expected)
    realised = np.round(expected + deviation * rng.normal(size=count), 6)
    workout = rng.integers(WORKOUT_DAYS[0], WORKOUT_DAYS[1] + 1, count)
    outcomes = arrivals.outcome_rows(
        keys,
        at_second(drawn["days"] + workout, 18 * 3600),
        realised,
        realised * drawn["balance"],
        rng,
        scale=scale,
        late=30,
        corrected=15,
        excluded=6,
    )
    broken = arrivals.broken_copies(outcomes, rng, OUTCOME_FAULTS, key_prefix="cl-orphan", scale=scale)
    return predictions, pa.concat_tables([outcomes, broken])


def logged(
    rng: np.random.Generator, drawn: dict[str, np.ndarray], keys: pa.Array, estimate: np.ndarray, scale: float
) -> pa.Table:
    """Return the prediction log with its faults."""
    days = drawn["days"]
    count = days.size
    log = pa.table(
        {
            "prediction_id": keys,
            "model_id": pa.repeat(MODEL_ID, count),
            "model_version": pa.repeat("1.0", count),
            "loan_id": identifiers("loan", np.arange(count)),
            "predicted_at": pa.array(at_second(days, drawn["seconds"]).astype("datetime64[us]")),
            "loaded_at": pa.array(arrivals.load_times(rng, days, scaled(35, scale)).astype("datetime64[us]")),
            "estimated_lgd": numbers(estimate),
            "variant": labels((days < CHAMPION_FROM).astype(int), ("champion", "shadow")),
            "exposure_at_default": numbers(drawn["balance"], digits=2),
            "artifact_sha256": pa.repeat(artifact_hash(MODEL_ID, "1.0"), count),
            "product": labels(drawn["product"], PRODUCTS),
            "collateral": labels(drawn["collateral"], COLLATERALS),
            "balance": numbers(drawn["balance"], digits=2),
            "loan_to_value": numbers(drawn["loan_to_value"], drawn["collateral"] > 1, digits=4),
            "months_on_book": pa.array(drawn["months_on_book"].astype(int)),
            "arrears_cause": labels(drawn["cause"], CAUSES),
        }
    )
    log = arrivals.duplicated_rows(log, rng, later=scaled(6, scale), same=scaled(2, scale))
    broken = arrivals.broken_copies(log, rng, PREDICTION_FAULTS, key_prefix="cl", scale=scale)
    return pa.concat_tables([log, broken])


def loss_predictions(scale: float) -> pa.Table:
    """Return the credit loss prediction log."""
    return loss_log(scale)[0]


def loss_outcomes(scale: float) -> pa.Table:
    """Return the outcomes of the credit loss log: the share lost after a workout of at most 365 days."""
    return loss_log(scale)[1]
