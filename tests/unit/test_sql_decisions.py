"""The SQL of decisions, from evidence to groups and overrides, against pandas, scikit-learn and scipy on the cases."""

from datetime import date, datetime

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import recall_score

from dbt_model_risk.fairness.metrics import fairness_metrics

VERSION = {"log_id": "l", "model_id": "m", "model_version": "1"}
MONTH = {"period_grain": "month", "period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31)}
PERIOD = VERSION | MONTH | {"problem_type": "binary", "outcome_horizon_days": 90}
RECORDED = {"recorded_at": datetime(2024, 1, 1)}


@pytest.fixture(scope="session")
def measure(compiled):
    """Runs one model on the given evidence of decisions."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as model_risk; use model_risk")
    connection.execute("create schema metrics; create schema registers; create schema evidence")
    for table, row in {
        "metrics.met_periods": PERIOD,
        "registers.models": {"model_id": "m", "sandbox_id": "s"} | RECORDED,
        "registers.sandbox_needs": {"sandbox_id": "s", "capability": "fairness", "need": "mandatory"} | RECORDED,
    }.items():
        connection.register("frame", pd.DataFrame([row]))
        connection.execute(f"create table {table} as select * from frame")
    connection.execute("alter table metrics.met_periods alter outcome_horizon_days type integer")

    def run(model, evidence):
        connection.register("frame", evidence)
        connection.execute("create or replace table evidence.evd_decisions as select * from frame")
        return connection.execute(compiled[model]).df()

    return run


def drawn_cases(seed, count=300):
    """Cases of two groups with scores, outcomes, decisions by the score, and a few of them turned around."""
    rng = np.random.default_rng(seed)
    score = np.round(rng.beta(2, 6, count), 4)
    cases = pd.DataFrame({"area": rng.choice(["north", "south"], count, p=[0.7, 0.3]), "score": score})
    cases["outcome"] = (rng.uniform(size=count) < score).astype(int)
    cases["is_observed"] = rng.uniform(size=count) < 0.8
    cases["predicted_class"] = np.where(score > 0.3, "1", "0")
    cases["decision"] = np.where(score > 0.3, "decline", "approve")
    is_turned = rng.uniform(size=count) < 0.2
    other = np.where(cases["decision"] == "decline", "approve", "decline")
    cases["final_decision"] = np.where(is_turned, other, cases["decision"])
    reason = pd.Series(rng.choice(["income", "collateral", None], count), dtype=object)
    cases["override_reason"] = reason.where(is_turned, None)
    return cases


def evidence_of(cases):
    """One row per case and cut for its decision, and one for its outcome, as the evidence would sum a single case."""
    decided = cases.assign(
        **VERSION,
        **{"event_date": date(2025, 1, 15), "known_date": date(2025, 1, 16), "n": 1, "outcome_class": None},
        is_favourable=cases["decision"] == "approve",
        is_final_favourable=cases["final_decision"] == "approve",
        score_sum=cases["score"],
        score_square_sum=cases["score"] ** 2,
    )
    observed = decided[decided["is_observed"]].assign(known_date=date(2025, 4, 1))
    observed["outcome_class"] = observed["outcome"].astype(str)
    rows = pd.concat([decided, observed])
    cuts = [rows.assign(segment_key="all", segment_value="all", key_role="all")]
    cuts.append(rows.assign(segment_key="area", segment_value=rows["area"], key_role="group"))
    frame = pd.concat(cuts, ignore_index=True).drop(columns=["area", "score", "outcome", "is_observed"])
    return frame.astype(dict.fromkeys(["override_reason", "outcome_class"], "string"))


def wilson(events, trials):
    return list(stats.binomtest(int(events), int(trials)).proportion_ci(method="wilson"))


@pytest.mark.parametrize("seed", [1, 2])
def test_groups_are_measured_as_on_the_cases(measure, seed):
    cases = drawn_cases(seed)
    counts = measure("met_fairness_counts", evidence_of(cases))
    found = fairness_metrics(counts, as_of_date="2025-06-30", minimum_size=30, minimum_share=0.02)
    for area, part in cases.groupby("area"):
        seen = part[part["is_observed"]]
        for metric, variable, expected in [
            ("selection_rate", "decision", (part["decision"] == "approve").mean()),
            ("selection_rate", "final_decision", (part["final_decision"] == "approve").mean()),
            ("true_positive_rate", None, recall_score(seen["outcome"], seen["predicted_class"].astype(int))),
            (
                "false_positive_rate",
                None,
                1 - recall_score(seen["outcome"], seen["predicted_class"].astype(int), pos_label=0),
            ),
        ]:
            is_variable = found["variable"].isna() if variable is None else found["variable"] == variable
            (row,) = found[is_variable & (found["metric"] == metric) & (found["segment_value"] == area)].to_dict(
                "records"
            )
            assert row["value"] == pytest.approx(expected)
            assert [row["ci_low"], row["ci_high"]] == pytest.approx(wilson(row["event_count"], row["sample_size"]))


@pytest.mark.parametrize("seed", [3, 4])
def test_overrides_are_measured_as_on_the_cases(measure, seed):
    cases = drawn_cases(seed, count=1500)
    found = measure("met_decision_overrides", evidence_of(cases)).query("segment_key == 'all'")
    turned = cases[cases["final_decision"] != cases["decision"]]
    low, high = (turned[turned["decision"] == decision] for decision in ("decline", "approve"))
    shares = {
        f"override_reason_share {reason}": share
        for reason, share in (turned["override_reason"].value_counts() / len(turned)).items()
    }
    expected = shares | {
        "override_rate": len(turned) / len(cases),
        "reason_missing_rate": turned["override_reason"].isna().mean(),
        "override_low_side_rate": len(low) / (cases["decision"] == "decline").sum(),
        "override_high_side_rate": len(high) / (cases["decision"] == "approve").sum(),
    }
    for side, part in (("low", low), ("high", high)):
        seen = part[part["is_observed"]]
        expected[f"override_{side}_side_event_rate"] = seen["outcome"].mean()
        expected[f"override_{side}_side_expected_rate"] = seen["score"].mean()
        expected[f"override_{side}_side_observed_expected_ratio"] = seen["outcome"].mean() / seen["score"].mean()
    names = found["metric"] + found["variable"].radd(" ").fillna("")
    assert dict(zip(names, found["value"], strict=True)) == pytest.approx(expected)
    rates = found[found["convention_id"] == "rate_wilson_95"]
    for row in rates.to_dict("records"):
        assert [row["ci_low"], row["ci_high"]] == pytest.approx(wilson(row["event_count"], row["sample_size"]))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 60))
def test_order_grouping_and_corrections_change_nothing(measure, seed, count):
    rows = evidence_of(drawn_cases(seed, count))
    sums = ["n", "score_sum", "score_square_sum"]
    wrong = rows[rows["outcome_class"].notna()].head(5).assign(outcome_class="1", score_sum=0.1234567)
    undone = wrong.assign(known_date=date(2025, 5, 1), **-wrong[sums])
    corrected = pd.concat([rows, wrong, undone]).sample(frac=1, random_state=seed)
    summed = rows.groupby([c for c in rows if c not in sums], as_index=False, dropna=False).sum()
    for model in ("met_fairness_counts", "met_decision_overrides"):
        whole = ordered(measure(model, rows))
        pd.testing.assert_frame_equal(ordered(measure(model, corrected)), whole, rtol=0, atol=0)
        pd.testing.assert_frame_equal(ordered(measure(model, summed)), whole, rtol=1e-11)


def ordered(frame):
    keys = [column for column in ("segment_key", "segment_value", "metric", "variable") if column in frame]
    return frame.sort_values(keys, ignore_index=True)
