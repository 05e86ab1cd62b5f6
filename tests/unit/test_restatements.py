"""A cohort's figures on the day it matured, now, and naively, against numpy and scikit-learn on the same cases."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, mean_absolute_error, roc_auc_score

AS_OF = date(2025, 6, 30)
VERSION = {"model_id": "m", "model_version": "1"}
LONG_AGO = pd.Timestamp("2020-01-01")
MONTH = {"period_grain": "month", "period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31)}
DUE = date(2025, 5, 1)
RATES = ["observed_rate", "observed_expected_ratio", "brier", "auc"]
EXACT = 2**50


@pytest.fixture(scope="session")
def restate(evaluate):
    """The restatements of one month of cases, due 90 days after it: one row per metric."""

    def run(cases, *, problem_type="binary", horizon=90):
        period = VERSION | MONTH | {"problem_type": problem_type, "is_judged_grain": True}
        rows = pd.DataFrame(
            {
                **VERSION | {"segment_key": "all", "segment_value": "all"},
                "event_date": cases["day"],
                "known_date": cases["known"],
                "score_bin": np.floor(cases["score"] * EXACT).astype("int64"),
                "score_resolution": EXACT,
                "outcome_class": cases["outcome"].astype(int).astype(str),
                "n": cases["sign"],
                "score_sum": cases["sign"] * cases["score"],
                "score_square_sum": cases["sign"] * cases["score"] ** 2,
                "outcome_sum": cases["sign"] * cases["outcome"],
                "outcome_square_sum": cases["sign"] * cases["outcome"] ** 2,
                "score_outcome_sum": cases["sign"] * cases["score"] * cases["outcome"],
                "absolute_error_sum": cases["sign"] * (cases["score"] - cases["outcome"]).abs(),
                "log_loss_sum": 0.0,
                "hit_count": cases["sign"] * (cases["outcome"] == 1),
            }
        )
        scored = {**VERSION, "segment_key": "all", "variable": "score", "bin_id": 1, "n": 1}
        days = cases.drop_duplicates("case")["day"]
        tables = {
            "metrics.met_periods": pd.DataFrame([period]).assign(outcome_horizon_days=np.int32(horizon)),
            "evidence.evd_feature_bins": pd.DataFrame({**scored, "event_date": days, "known_date": days}),
            "evidence.evd_score_outcomes": rows,
            "registers.models": [{"model_id": "m", "score_direction": "higher_is_event", "recorded_at": LONG_AGO}],
        }
        return evaluate("met_restatements", tables).set_index("metric")

    return run


def drawn(seed, count=60):
    """Scored cases of January with outcomes that arrive by the day they are due, the bad ones early."""
    rng = np.random.default_rng(seed)
    score = rng.uniform(0.05, 0.95, count)
    outcome = (rng.uniform(size=count) < score).astype(float)
    outcome[:2] = 0, 1
    day = [date(2025, 1, 1) + timedelta(int(d)) for d in rng.integers(0, 31, count)]
    delay = np.where(outcome == 1, rng.integers(0, 60, count), 90)
    known = [d + timedelta(int(wait)) for d, wait in zip(day, delay, strict=True)]
    return pd.DataFrame(
        {"case": range(count), "day": day, "known": known, "score": score, "outcome": outcome, "sign": 1}
    )


def figures(cases):
    return {
        "observed_rate": cases["outcome"].mean(),
        "observed_expected_ratio": cases["outcome"].sum() / cases["score"].sum(),
        "brier": brier_score_loss(cases["outcome"], cases["score"]),
        "auc": roc_auc_score(cases["outcome"], cases["score"]),
    }


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_without_later_news_the_first_figure_stands(restate, seed):
    cases = drawn(seed)
    found = restate(cases)
    assert (found["value_first"] == found["value_now"]).all()
    assert (found["value_change"] == 0).all()
    assert (found["sample_first"] == found["sample_now"]).all()
    assert found.loc[RATES, "value_now"].to_dict() == pytest.approx(figures(cases), rel=1e-9)
    assert set(found["first_known_on"].dt.date) == {DUE}
    shuffled = restate(cases.sample(frac=1, random_state=seed))
    pd.testing.assert_frame_equal(shuffled, found, rtol=0, atol=0, check_like=True)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_later_correction_changes_what_is_known_now_and_not_what_was_first(restate, seed):
    cases = drawn(seed)
    row = cases.iloc[[seed % len(cases)]].assign(known=AS_OF)
    right = row.assign(outcome=1 - row["outcome"])
    found = restate(pd.concat([cases, row.assign(sign=-1), right]))
    before = restate(cases)
    corrected = pd.concat([cases.drop(row.index), right])
    assert found["value_first"].to_dict() == before["value_first"].to_dict()
    assert found.loc[RATES, "value_now"].to_dict() == pytest.approx(figures(corrected), rel=1e-9)
    assert found.loc["observed_rate", "value_change"] == pytest.approx((1 - 2 * row["outcome"].iloc[0]) / len(cases))
    assert found.loc["observed_rate", "sample_now"] == len(cases)


def test_what_arrives_late_is_in_the_figure_of_now_alone(restate):
    cases = drawn(3)
    late = cases.assign(known=[DUE + timedelta(1) if n < 10 else known for n, known in enumerate(cases["known"])])
    found = restate(late)
    assert found.loc["outcome_count", ["value_first", "value_now", "value_change"]].tolist() == [50, 60, 10]
    assert found.loc["outcome_coverage", ["value_first", "value_now"]].tolist() == [50 / 60, 1]
    assert found.loc[RATES, "value_first"].to_dict() == pytest.approx(figures(cases[10:]), rel=1e-9)
    assert found.loc[RATES, "value_now"].to_dict() == pytest.approx(figures(cases), rel=1e-9)


def test_the_naive_figure_is_of_what_the_period_end_showed_all_of_it_bad(restate):
    cases = drawn(5)
    found = restate(cases)
    visible = cases[cases["known"] <= MONTH["period_end"]]
    assert 0 < len(visible) < (cases["outcome"] == 1).sum()
    assert found.loc["observed_rate", ["naive_value", "naive_sample", "naive_events"]].tolist() == [
        *(1, len(visible), len(visible))
    ]
    assert found.loc["observed_rate", "value_now"] == pytest.approx(cases["outcome"].mean())


def test_now_is_what_the_performance_metrics_report(restate, evaluate):
    found = restate(drawn(7))
    reported = pd.concat([evaluate(model, {}) for model in ("met_calibration", "met_discrimination")])
    reported = reported.set_index("metric")
    assert found.loc[RATES, "value_now"].to_dict() == pytest.approx(reported.loc[RATES, "value"].to_dict(), rel=1e-12)
    assert found.loc[RATES, "sample_now"].to_dict() == reported.loc[RATES, "sample_size"].to_dict()


def test_values_have_an_error(restate):
    cases = drawn(9)
    found = restate(cases, problem_type="regression")
    assert set(found.index) == {"outcome_count", "outcome_coverage", "mae"}
    assert found.loc["mae", "value_now"] == pytest.approx(mean_absolute_error(cases["outcome"], cases["score"]))


def test_a_cohort_that_is_not_due_has_a_naive_figure_only(restate):
    found = restate(drawn(11), horizon=151)
    assert not found["is_matured"].any()
    assert found[["value_first", "value_now", "value_change", "first_known_on"]].isna().all(axis=None)
    assert set(found["reason_first"]) == set(found["reason_now"]) == {"immature"}
    assert found["naive_value"].drop("auc").notna().all()
    assert found.loc["auc", "naive_reason"] == "single_class"
    assert restate(drawn(11), horizon=150)["is_matured"].all()


def test_of_several_classes_the_share_that_is_right_is_restated(restate):
    found = restate(drawn(14), problem_type="multiclass")
    assert set(found.index) == {"outcome_count", "outcome_coverage", "accuracy"}
    assert found.loc["accuracy", "value_now"] == drawn(14)["outcome"].mean()


def test_without_any_outcome_only_the_count_is_known(restate):
    found = restate(drawn(13).assign(known=AS_OF + timedelta(1)))
    assert found.loc[["outcome_count", "outcome_coverage"], "value_now"].tolist() == [0, 0]
    assert found.loc[RATES, "value_now"].isna().all()
    assert set(found.loc[RATES, "reason_now"]) == {"no_data"}
