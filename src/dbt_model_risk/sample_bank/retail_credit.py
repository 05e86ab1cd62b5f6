"""The retail credit log: probability of default of loan applications, two model versions."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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

__all__ = ["credit_outcomes", "credit_predictions"]

MODEL_ID = "retail_credit_pd"
APPLICATIONS = 72_800
CHALLENGER_FROM = np.datetime64("2024-01-01")
SECOND_CHAMPION_FROM = np.datetime64("2024-07-01")
FIRST_CHAMPION_FROM = np.datetime64("2023-01-01")
DRIFT_FROM = np.datetime64("2025-01-01")
BENCHMARK_STEP = 5
NOT_AT_BUREAU = -999
NOT_FOUND = -1
LOOKUP_MONTH = np.datetime64("2025-02", "M")
LOOKUP_STEP = 9
DECISION_THRESHOLD = 0.12
PRODUCTS = ("mortgage", "auto", "card", "personal")
REGIONS = ("north", "south", "east", "west")
SEXES = ("female", "male")
AGE_BANDS = ("18-29", "30-44", "45-59", "60+")
EMPLOYMENT = ("salaried", "self_employed", "public_sector", "retired", "not_employed")
CHANNELS = ("branch", "online", "broker")
# What an underwriter turns around, by what the score said: few approvals, more of the declines.
OVERRIDE_SHARE = np.array([0.004, 0.07])
OVERRIDE_REASONS = (
    "adverse_information",
    "unverified_income",
    "existing_relationship",
    "documented_income",
    "additional_collateral",
)

PREDICTION_FAULTS: dict[str, arrivals.Fault] = {
    "null_key": ("prediction_id", None, 14),
    "null_time": ("loaded_ts", None, 5),
    "unparseable_time": ("scored_ts", "31/02/2024 24:61", 11),
    "null_score": ("pd", None, 9),
    "score_not_finite": ("pd", float("nan"), 7),
    "score_out_of_scale": ("pd", 1.7, 8),
    "loaded_before_predicted": ("loaded_ts", "2022-06-30 23:30:00", 6),
    "unknown_model": ("model_id", "retail_credit_pd_sandbox", 4),
}
OUTCOME_FAULTS: dict[str, arrivals.Fault] = {
    "outcome_without_prediction": ("amount", 0.0, 13),
    "null_outcome": ("outcome", None, 6),
    "outcome_not_in_domain": ("outcome", 2.0, 5),
    "unknown_status": ("outcome_status", "disputed", 4),
}
EARLY_OUTCOMES = 10


def applicants(rng: np.random.Generator, count: int) -> dict[str, np.ndarray]:
    """Draw applications in time order; incomes rise with inflation, the rest is stable."""
    days = event_days(rng, "2022-07-01", count, weekend_share=0.35)
    years = (days - np.datetime64("2022-07-01")).astype(float) / 365.25
    product = rng.choice(4, count, p=(0.25, 0.25, 0.30, 0.20))
    income = np.exp(rng.normal(10.55, 0.45, count) + 0.02 * years)
    log_loan = np.array([12.1, 9.9, 8.2, 9.0])[product] + rng.normal(0.0, 0.5, count)
    return {
        "days": days,
        "seconds": rng.integers(0, 22 * 3600, count),
        "product": product,
        "region": rng.choice(4, count, p=(0.3, 0.3, 0.2, 0.2)),
        "sex": rng.integers(0, 2, count),
        "age_band": rng.choice(4, count, p=(0.24, 0.38, 0.26, 0.12)),
        "income": income,
        "loan_amount": np.exp(log_loan),
        "loan_to_value": np.clip(rng.normal(0.72, 0.14, count), 0.1, 1.2),
        "debt_to_income": rng.beta(2.6, 5.4, count),
        "bureau_score": np.clip(np.round(rng.normal(664, 68, count)), 300, 850),
        "employment": rng.choice(5, count, p=(0.58, 0.14, 0.14, 0.08, 0.06)),
        "months_on_book": np.floor(rng.exponential(40, count)),
        "channel": rng.choice(3, count, p=(0.35, 0.45, 0.20)),
        "no_income": rng.random(count) < 0.02,
        "no_bureau": rng.random(count) < 0.015,
        "no_debt": rng.random(count) < 0.01,
    }


def risk_terms(drawn: dict[str, np.ndarray], debt_to_income: np.ndarray) -> dict[str, np.ndarray]:
    """Return what each input adds to the logit of default in the true relationship."""
    secured = drawn["product"] <= 1
    return {
        "product": np.array([-0.35, 0.0, 0.20, 0.25])[drawn["product"]],
        "bureau": -1.00 * standardised(drawn["bureau_score"], 664, 68, drawn["no_bureau"]),
        "debt": 0.36 * standardised(debt_to_income, 0.325, 0.156, drawn["no_debt"]),
        "income": -0.16 * standardised(np.log(drawn["income"]), 10.6, 0.45, drawn["no_income"]),
        "loan_to_value": np.where(secured, 0.25, 0.0) * standardised(drawn["loan_to_value"], 0.72, 0.14),
        "employment": np.array([-0.05, 0.20, -0.35, -0.10, 0.60])[drawn["employment"]],
        "tenure": -0.006 * np.minimum(drawn["months_on_book"], 120),
    }


def predicted_pd(terms: dict[str, np.ndarray], version: str, noise: np.ndarray) -> np.ndarray:
    """Return a version's score. Version 1.0 neither knows employment nor tenure, and measures less exactly."""
    if version == "2.0":
        return sigmoid(-3.46 + sum(terms.values()) + 0.10 * noise)
    known = [value for name, value in terms.items() if name not in ("employment", "tenure")]
    return sigmoid(-3.66 + sum(known) + 0.18 * noise)


@drawn_once
def credit_log(scale: float) -> tuple[pa.Table, pa.Table]:
    """Return predictions and outcomes; each application may be scored by one or by both versions."""
    rng = random_stream("retail_credit")
    count = round(APPLICATIONS * scale)
    drawn = applicants(rng, count)
    noise = rng.normal(size=count)
    days = drawn["days"]
    # Since version 2.0 took over, version 1.0 scores every fifth application as its benchmark.
    by_first = np.flatnonzero((days < SECOND_CHAMPION_FROM) | (np.arange(count) % BENCHMARK_STEP == 0))
    by_second = np.flatnonzero(days >= CHALLENGER_FROM)
    application = np.concatenate([by_first, by_second])
    is_second = np.arange(application.size) >= by_first.size
    order = np.argsort(days[application], kind="stable")
    application, is_second = application[order], is_second[order]

    # The affordability feed of version 2.0 counts rent and living costs as debt from this day on.
    feed = drawn["debt_to_income"]
    extended = np.where(days >= DRIFT_FROM, np.minimum(feed + 0.13, 0.99), feed)
    true_logit = -3.46 + sum(risk_terms(drawn, feed).values())
    pd_first = predicted_pd(risk_terms(drawn, feed), "1.0", noise)
    pd_second = predicted_pd(risk_terms(drawn, extended), "2.0", noise)
    score = np.where(is_second, pd_second[application], pd_first[application])
    debt = np.where(is_second, extended[application], feed[application])

    drawn_rows = {name: values[application] for name, values in drawn.items()} | {"debt_to_income": debt}
    declined = np.round(score, 6) >= DECISION_THRESHOLD
    overridden = rng.random(score.size) < OVERRIDE_SHARE[declined.astype(int)]
    decisions = (declined, overridden)
    predictions = logged(rng, drawn_rows, application, is_second, score, decisions, scale)
    is_default = (rng.random(count) < sigmoid(true_logit)).astype(float)
    wait = np.where(is_default == 1.0, rng.integers(30, 365, count), 365)
    observed = at_second(days + wait, drawn["seconds"])
    # The credit bureau tells what became of declined applicants; the bank lost nothing on them.
    loss_given_default = (drawn["loan_amount"] * rng.beta(2.0, 3.0, count))[application]
    loss = np.where(declined == overridden, is_default[application] * loss_given_default, 0.0)
    outcomes = arrivals.outcome_rows(
        identifiers("rc", np.arange(application.size)),
        observed[application],
        is_default[application],
        loss,
        rng,
        scale=scale,
        late=180,
        corrected=90,
        excluded=15,
    )
    orphans = arrivals.broken_copies(outcomes, rng, OUTCOME_FAULTS, key_prefix="rc-orphan", scale=scale)
    early = outcomes.take(arrivals.sampled_rows(rng, outcomes.num_rows, scaled(EARLY_OUTCOMES, scale)))
    early = early.set_column(1, "observed_at", pa.repeat(pa.scalar(np.datetime64("2022-06-30", "us")), early.num_rows))
    return predictions, pa.concat_tables([outcomes, orphans, early])


def logged(
    rng: np.random.Generator,
    drawn: dict[str, np.ndarray],
    application: np.ndarray,
    is_second: np.ndarray,
    score: np.ndarray,
    decisions: tuple[np.ndarray, np.ndarray],
    scale: float,
) -> pa.Table:
    """Return the prediction log as the scoring platform delivers it: times as text, faults included."""
    count = score.size
    days = drawn["days"]
    keys = np.arange(count)
    # For a month the contract system answered version 2.0 with a code of its own for every ninth client.
    not_found = is_second & (days.astype("datetime64[M]") == LOOKUP_MONTH) & (keys % LOOKUP_STEP == 0)
    champion_from = np.where(is_second, SECOND_CHAMPION_FROM, FIRST_CHAMPION_FROM)
    variant = np.where(days < champion_from, np.where(is_second, 1, 2), 0)
    variant = np.where(~is_second & (days >= SECOND_CHAMPION_FROM), 1, variant)
    declined, overridden = decisions
    decision = declined.astype(int)
    reason = np.where(declined, rng.integers(2, 5, count), rng.integers(0, 2, count))
    log = pa.table(
        {
            "prediction_id": identifiers("rc", keys),
            "model_id": pa.repeat(MODEL_ID, count),
            "model_version": labels(is_second.astype(int), ("1.0", "2.0")),
            "application_id": identifiers("app", application),
            "scored_ts": pa.array(at_second(days, drawn["seconds"]).astype("datetime64[us]")),
            "loaded_at": pa.array(arrivals.load_times(rng, days, scaled(220, scale)).astype("datetime64[us]")),
            "pd": numbers(score),
            "predicted_class": labels(decision, ("0", "1")),
            "decision": labels(decision, ("approve", "decline")),
            "override_decision": labels(1 - decision, ("approve", "decline"), ~overridden),
            "override_reason": labels(reason, OVERRIDE_REASONS, ~overridden),
            "variant": labels(variant, ("champion", "challenger", "shadow")),
            "exposure_amount": numbers(drawn["loan_amount"], digits=2),
            "artifact_sha256": labels(is_second.astype(int), tuple(artifact_hash(MODEL_ID, v) for v in ("1.0", "2.0"))),
            "product": labels(drawn["product"], PRODUCTS),
            "region": labels(drawn["region"], REGIONS),
            "sex": labels(drawn["sex"], SEXES),
            "age_band": labels(drawn["age_band"], AGE_BANDS),
            "income": numbers(drawn["income"], drawn["no_income"], digits=2),
            "loan_amount": numbers(drawn["loan_amount"], digits=2),
            "loan_to_value": numbers(drawn["loan_to_value"], drawn["product"] > 1, digits=4),
            "debt_to_income": numbers(drawn["debt_to_income"], drawn["no_debt"], digits=4),
            # The bureau answers with a code where it does not know the applicant.
            "bureau_score": pa.array(np.where(drawn["no_bureau"], NOT_AT_BUREAU, drawn["bureau_score"]).astype(int)),
            "employment_type": labels(drawn["employment"], EMPLOYMENT),
            "months_on_book": pa.array(np.where(not_found, NOT_FOUND, drawn["months_on_book"]).astype(int)),
            "channel": labels(drawn["channel"], CHANNELS),
        }
    )
    log = arrivals.duplicated_rows(log, rng, later=scaled(110, scale), same=scaled(25, scale))
    for position, name in ((4, "scored_ts"), (5, "loaded_ts")):
        log = log.set_column(position, name, pc.cast(log[position].cast(pa.timestamp("s")), pa.string()))
    broken = arrivals.broken_copies(log, rng, PREDICTION_FAULTS, key_prefix="rc", scale=scale)
    return pa.concat_tables([log, broken])


def credit_predictions(scale: float) -> pa.Table:
    """Return the retail credit prediction log."""
    return credit_log(scale)[0]


def credit_outcomes(scale: float) -> pa.Table:
    """Return the outcomes of the retail credit log: default within 365 days."""
    return credit_log(scale)[1]
