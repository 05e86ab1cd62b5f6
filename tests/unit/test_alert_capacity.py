"""Detection at a daily capacity: the reference case, and small days against every order of their ties."""

from datetime import date, datetime
from itertools import combinations

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

EXACT = 2**50
VERSION = {"model_id": "m", "model_version": "1"}
MONTH = {"period_grain": "month", "period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31)}
RECORDED = {"recorded_at": datetime(2024, 1, 1)}
SEGMENTS = ["all", "pair", "rest"]


@pytest.fixture(scope="session")
def detect(compiled):
    """Runs the capacity models on cases (day, score, event, amount, segment); one row per segment and metric."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as model_risk; use model_risk")
    connection.execute("create schema metrics; create schema registers; create schema evidence")

    def write(table, frame):
        connection.register("frame", frame)
        connection.execute(f"create or replace table {table} as select * from frame")

    def run(cases, capacity, *, resolution=EXACT, unscored=0, direction="higher_is_event"):
        period = pd.DataFrame([VERSION | MONTH | {"problem_type": "binary", "outcome_horizon_days": 90}])
        models = {"model_id": "m", "sandbox_id": "s", "problem_type": "binary", "score_direction": direction}
        write("metrics.met_periods", period.astype({"outcome_horizon_days": "int32"}))
        write("registers.models", pd.DataFrame([models | RECORDED]))
        write("registers.sandbox_needs", pd.DataFrame([{"sandbox_id": "x", "capability": "", "need": ""} | RECORDED]))
        declared = pd.DataFrame([VERSION | {"alert_capacity_per_day": capacity} | RECORDED])
        write("registers.validation_parameters", declared.astype({"alert_capacity_per_day": "Int64"}))
        write("evidence.evd_score_outcomes", evidence(cases, resolution))
        scored = cases.groupby("day").size().rename("n").reset_index().rename(columns={"day": "event_date"})
        scored = scored.assign(n=scored["n"] + unscored, variable="score", bin_id=0, **VERSION)
        scored = scored.assign(segment_key="all", segment_value="all", known_date=date(2025, 1, 31))
        write("evidence.evd_feature_bins", scored)
        connection.execute("create or replace table metrics.met_alert_days as " + compiled["met_alert_days"])
        found = connection.execute(compiled["met_alert_capacity"]).df()
        return found.set_index(["segment_value", "metric"]).sort_index()

    return run


def evidence(cases, resolution):
    """One evidence row per case and segment, as the outcome evidence would sum a single case."""
    rows = pd.DataFrame(
        {
            **VERSION | {"known_date": date(2025, 4, 1), "n": 1, "score_resolution": resolution},
            "event_date": cases["day"],
            "score_bin": np.floor(cases["score"] * resolution).astype("int64"),
            "outcome_class": cases["event"].astype(str),
            "amount_sum": cases["amount"].astype(float),
        }
    )
    whole = rows.assign(segment_key="all", segment_value="all")
    return pd.concat([whole, rows.assign(segment_key="area", segment_value=cases["segment"])], ignore_index=True)


def days_of(seed, *, days=2, size=7, decimals=1):
    """A few cases a day, with ties and at least one event of an amount."""
    rng = np.random.default_rng(seed)
    count = days * size
    cases = pd.DataFrame(
        {
            "day": np.repeat([date(2025, 1, 10 + k) for k in range(days)], size),
            "score": np.round(rng.uniform(0, 0.5, count), decimals),
            "event": (rng.uniform(size=count) < 0.4).astype(int),
            "amount": np.round(rng.exponential(50, count) + 1, 2),
            "segment": rng.choice(["pair", "rest"], count),
        }
    )
    cases.loc[0, "event"] = 1
    return cases


def expectation(cases, capacity):
    """Mean alerts, caught events and caught amount per segment over every way to break the ties of each day."""
    total = dict.fromkeys(SEGMENTS, 0.0)
    for _, day in cases.groupby("day"):
        ranked = day.sort_values("score", ascending=False)
        cut = ranked["score"].iloc[min(capacity, len(ranked)) - 1]
        sure, tied = ranked[ranked["score"] > cut], ranked[ranked["score"] == cut]
        ways = list(combinations(range(len(tied)), min(capacity, len(ranked)) - len(sure)))
        for way in ways:
            alerted = pd.concat([sure, tied.iloc[list(way)]])
            for segment in SEGMENTS:
                part = alerted if segment == "all" else alerted[alerted["segment"] == segment]
                caught = part[part["event"] == 1]
                total[segment] += np.array([len(part), len(caught), caught["amount"].sum()]) / len(ways)
    return total


def test_the_reference_case(detect, reference_case, shared):
    """fraud_a_capacity: five alerts a day over tied scores, checked there with 400 random orders of the ties."""
    case = reference_case("fraud_a_capacity")
    rows = pd.read_csv(shared / "reference_cases" / case["inputs"]["csv"])
    cases = rows.rename(columns={"fraud": "event"}).assign(segment="rest")
    cases["day"] = [date(2025, 1, day) for day in rows["day"]]
    found = detect(cases, case["inputs"]["capacity_per_day"]).loc["all"]
    expected = case["expected"]
    values = {
        "alerts": expected["alerts"],
        "alert_rate": expected["alerts"] / len(rows),
        "precision_at_capacity": expected["precision"],
        "recall_at_capacity": expected["recall"],
        "false_positive_ratio": expected["false_positive_ratio"],
        "value_detection_rate": expected["value_detection_rate"],
    }
    assert found["value"].to_dict() == pytest.approx(values, abs=1e-12)
    assert (found["event_count"] == expected["fraud_n"]).all() and (found["error_bound"] == 0).all()
    trials = {"precision_at_capacity": 30, "recall_at_capacity": 15}
    for metric, count in trials.items():
        interval = stats.binomtest(10, count).proportion_ci(method="wilson")
        assert found.loc[metric, ["ci_low", "ci_high"]].tolist() == pytest.approx(interval)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), capacity=st.integers(1, 8), mirrored=st.booleans())
def test_a_tie_counts_with_the_mean_of_its_orders(detect, seed, capacity, mirrored):
    cases = days_of(seed)
    expected = expectation(cases, capacity)
    risky = "lower_is_event" if mirrored else "higher_is_event"
    scores = cases["score"].rsub(1).round(1) if mirrored else cases["score"]
    found = detect(cases.assign(score=scores), capacity, direction=risky)["value"]
    for segment, (alerts, caught, amount) in expected.items():
        part = cases if segment == "all" else cases[cases["segment"] == segment]
        if part["event"].sum() == 0:
            continue
        assert found[segment, "alerts"] == pytest.approx(alerts)
        assert found[segment, "alert_rate"] == pytest.approx(alerts / len(part))
        assert found[segment, "recall_at_capacity"] == pytest.approx(caught / part["event"].sum())
        at_stake = part["amount"][part["event"] == 1].sum()
        assert found[segment, "value_detection_rate"] == pytest.approx(amount / at_stake)
        if alerts > 0:
            assert found[segment, "precision_at_capacity"] == pytest.approx(caught / alerts)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), capacity=st.integers(1, 8), resolution=st.integers(1, 12))
def test_error_bounds_hold_the_value_on_unbinned_scores(detect, seed, capacity, resolution):
    cases = days_of(seed, decimals=3)
    binned, exact = detect(cases, capacity, resolution=resolution), detect(cases, capacity)
    gap = abs(binned["value"] - exact["value"])
    assert ((gap <= binned["error_bound"] + 1e-9) | gap.isna()).all()
    assert binned["value"].dropna().size > 6


def test_no_order_of_rows_or_correction_changes_a_digit(detect):
    cases = days_of(7)
    shuffled = cases.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(detect(shuffled, 3), detect(cases, 3), rtol=0, atol=0)


def test_segments_share_the_alerts_of_the_portfolio(detect):
    found = detect(days_of(11), 3)["value"]
    assert found["pair", "alerts"] + found["rest", "alerts"] == pytest.approx(found["all", "alerts"]) == 6


@pytest.mark.parametrize(
    ("change", "capacity", "metric", "reason"),
    [
        ({}, None, "alerts", "not_declared"),
        ({"event": 0}, 3, "recall_at_capacity", "single_class"),
        ({"event": 0}, 3, "false_positive_ratio", "single_class"),
        ({}, 0, "precision_at_capacity", "no_data"),
        ({"amount": 0}, 3, "value_detection_rate", "no_data"),
    ],
)
def test_what_cannot_be_computed_says_why(detect, change, capacity, metric, reason):
    found = detect(days_of(5).assign(**change), capacity).loc[("all", metric)]
    assert pd.isna(found["value"]) and found["status_reason"] == reason


def test_outcomes_that_never_came_are_a_caveat(detect):
    assert detect(days_of(5), 3)["status_reason"].isna().all()
    partial = detect(days_of(5), 3, unscored=1)
    assert (partial["status_reason"] == "partial_outcomes").all() and partial["value"].notna().all()


def test_all_scores_tied_catch_what_chance_does(detect):
    found = detect(days_of(9).assign(score=0.2), 2).loc["all"]["value"]
    cases = days_of(9)
    share = 2 / 7
    assert found["recall_at_capacity"] == pytest.approx(share)
    assert found["precision_at_capacity"] == pytest.approx(cases["event"].mean())
