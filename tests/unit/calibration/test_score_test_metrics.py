"""The table of tests on scores: every metric of a cohort, and why one is missing."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from score_cases import in_bins, sample, stacked
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from dbt_model_risk.calibration.metrics import CONVENTIONS, score_test_metrics
from dbt_model_risk.metric_frame import METRIC_COLUMNS

COHORT = {
    **{"model_id": "m", "model_version": "1", "segment_key": "all", "segment_value": "all"},
    **{"period_grain": "month", "period_start": datetime.date(2025, 1, 1), "period_end": datetime.date(2025, 1, 31)},
    **{"discrimination_reason": None, "calibration_reason": None, "caveat": None, "validated_auc": 0.8},
}
WITHIN_95 = stats.norm.ppf(0.975)


def cohort(score, outcome, **changes):
    """A row of met_score_cohorts, as SQL would measure it."""
    score, outcome = np.asarray(score, float), np.asarray(outcome, int)
    figures = {
        "sample_size": len(score),
        "event_count": outcome.sum(),
        "auc": roc_auc_score(outcome, score) if 0 < outcome.mean() < 1 else np.nan,
        "auc_standard_error": 0.02,
        "auc_error_bound": 0.001,
        "brier": ((score - outcome) ** 2).mean(),
        "log_loss": log_loss(outcome, score, labels=[0, 1]),
    }
    return COHORT | figures | changes


def table(cohorts, bins):
    """The table of numbered cohorts, bins in no order, its rows by cohort and metric."""
    numbered = pd.DataFrame(cohorts).assign(cohort_number=range(1, len(cohorts) + 1))
    numbered["event_count"] = numbered["event_count"].astype("Int64")
    rows = stacked(*bins)[0].sample(frac=1, random_state=1) if bins else in_bins([], []).assign(cohort_number=1)
    return score_test_metrics(numbered.sample(frac=1, random_state=2), rows, as_of_date="2025-06-30")


def measured(score, outcome, *, resolution=None, **changes):
    """The table of one cohort by metric."""
    bins = in_bins(score, outcome, resolution=resolution)
    return table([cohort(score, outcome, **changes)], [bins]).set_index("metric")


SCORE, OUTCOME = sample(21, 2000)


def test_a_cohort_has_every_metric_with_its_convention():
    frame = table([cohort(SCORE, OUTCOME)], [in_bins(SCORE, OUTCOME, resolution=10_000)])
    assert frame.dtypes.astype(str).to_dict() == METRIC_COLUMNS
    assert frame["metric"].tolist() == list(CONVENTIONS)
    assert frame["convention_id"].tolist() == list(CONVENTIONS.values())
    assert frame["status_reason"].isna().all() and frame["value"].notna().all()
    assert set(frame["sample_size"]) == {2000} and set(frame["event_count"]) == {OUTCOME.sum()}
    assert set(frame["known_date"]) == {pd.Timestamp("2025-06-30")}


def test_intervals_hold_the_null_when_p_is_large():
    found = measured(SCORE, OUTCOME)
    for metric, null in {"calibration_in_the_large": 0, "calibration_slope": 1}.items():
        row = found.loc[metric]
        error = (row["ci_high"] - row["ci_low"]) / 2 / WITHIN_95
        assert row["p_value"] == pytest.approx(2 * stats.norm.sf(abs(row["value"] - null) / error))
        assert (row["ci_low"] <= null <= row["ci_high"]) == (row["p_value"] >= 0.05)
        assert row["error_bound"] == 0
    assert found["p_value"]["spiegelhalter_z"] == pytest.approx(
        2 * stats.norm.sf(abs(found["value"]["spiegelhalter_z"]))
    )


def test_the_drop_is_tested_with_the_standard_error_of_the_cohort():
    row = measured(SCORE, OUTCOME).loc["auc_drop"]
    drop = 0.8 - roc_auc_score(OUTCOME, SCORE)
    assert row[["value", "error_bound"]].tolist() == [drop, 0.001]
    assert row["p_value"] == pytest.approx(stats.norm.sf(drop / 0.02))
    assert row[["ci_low", "ci_high"]].tolist() == pytest.approx([drop - WITHIN_95 * 0.02, drop + WITHIN_95 * 0.02])


def test_skill_is_against_the_base_rate():
    found = measured(SCORE, OUTCOME)["value"]
    constant = np.full(len(OUTCOME), OUTCOME.mean())
    for metric, loss in {"brier_skill_score": brier_score_loss, "log_loss_skill": log_loss}.items():
        assert found[metric] == pytest.approx(1 - loss(OUTCOME, SCORE) / loss(OUTCOME, constant), abs=1e-9)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), resolution=st.sampled_from([None, 7, 10_000]))
def test_the_parts_of_the_brier_score_add_up_to_it(seed, resolution):
    score, outcome = sample(seed, 200)
    found = measured(score, outcome, resolution=resolution)["value"]
    whole = found["brier_reliability"] - found["brier_resolution"] + found["brier_uncertainty"]
    whole += found["brier_within_variance"] - found["brier_within_covariance"]
    assert whole == pytest.approx(brier_score_loss(outcome, score), abs=1e-12)


def test_a_wrong_model_is_found_and_a_right_one_is_not():
    """Log odds twice too steep, and a model of which every twentieth would be rejected at p < 0.05."""
    tests = ["calibration_slope", "hosmer_lemeshow", "spiegelhalter_z"]
    wrong = measured(*sample(31, 3000, tilt=0.5))
    assert wrong["value"]["calibration_slope"] == pytest.approx(0.5, abs=0.1)
    assert (wrong["p_value"][tests] < 1e-3).all()
    score, outcome = sample(32, 400 * 400)
    cohorts = pd.DataFrame([cohort(score[:400], outcome[:400])] * 400).assign(cohort_number=range(400))
    cohorts["event_count"] = outcome.reshape(400, 400).sum(1)
    sums = {"case_count": 1, "event_count": outcome, "score_sum": score, "score_outcome_sum": score * outcome}
    bins = pd.DataFrame({"cohort_number": np.arange(400 * 400) // 400, **sums, "score_square_sum": score**2})
    bins = bins.assign(risk_bin=np.argsort(np.argsort(score)), score_resolution=2**50, is_exact=True)
    frame = score_test_metrics(cohorts, bins, as_of_date="2025-06-30")
    rejected = frame.assign(is_rejected=frame["p_value"] < 0.05).groupby("metric")["is_rejected"].mean()
    assert (rejected[[*tests, "calibration_in_the_large"]] < 0.085).all()
    assert (rejected[[*tests, "calibration_in_the_large"]] > 0.02).all()


def test_cohorts_are_measured_as_if_alone():
    samples = [sample(seed, 150 + 40 * seed) for seed in range(4)]
    together = table([cohort(*one) for one in samples], [in_bins(*one) for one in samples])
    alone = [table([cohort(*one)], [in_bins(*one)]) for one in samples]
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True), rtol=1e-9)


def test_what_is_not_declared_due_or_enough_is_missing_with_that_reason():
    due = {"discrimination_reason": "immature", "calibration_reason": "immature", "sample_size": 0, "event_count": None}
    nothing = dict.fromkeys(["auc", "auc_standard_error", "auc_error_bound", "brier", "log_loss"], np.nan)
    rows = [
        cohort(SCORE, OUTCOME, validated_auc=np.nan),
        cohort([0.1, 0.2], [0, 1], discrimination_reason="small_sample", calibration_reason="small_sample"),
        cohort(SCORE, OUTCOME, **due | nothing),
        cohort(SCORE, OUTCOME, calibration_reason="score_not_probability", brier=np.nan, log_loss=np.nan),
    ]
    bins = [in_bins(SCORE, OUTCOME), in_bins([0.1, 0.2], [0, 1]), in_bins([], []), in_bins(SCORE, OUTCOME)]
    frame = table(rows, bins)
    starts = range(0, len(frame), len(CONVENTIONS))
    reasons = [frame[k : k + len(CONVENTIONS)].set_index("metric")["status_reason"] for k in starts]
    assert reasons[0].dropna().to_dict() == {"auc_drop": "not_declared"}
    assert set(reasons[1]) == {"small_sample"} and set(reasons[2]) == {"immature"}
    assert set(reasons[3][["h_measure", "auc_drop"]].isna()) == {True}
    assert set(reasons[3].drop(["h_measure", "auc_drop"])) == {"score_not_probability"}
    numbers = frame[["value", "p_value", "ci_low", "ci_high", "error_bound"]]
    assert numbers[frame["status_reason"].notna()].isna().all(axis=None)


def test_scores_that_cannot_be_fitted_say_why():
    constant = measured([0.25] * 80, [1, 0, 0, 0] * 20, caveat="constant_score", auc_standard_error=np.nan)
    reasons = constant["status_reason"].dropna().to_dict()
    assert reasons == {
        **{"calibration_slope": "constant_score", "hosmer_lemeshow": "constant_score"},
        **{"h_measure": "constant_score", "auc_drop": "constant_score"},
    }
    assert constant["value"]["h_measure"] == 0
    parted = measured(np.linspace(0.1, 0.9, 40), np.arange(40) // 20, auc_standard_error=0)
    assert parted["status_reason"].dropna().to_dict() == {
        "calibration_slope": "out_of_range",
        "auc_drop": "zero_variance",
    }
    certain = measured([0, 1] * 20, [0, 1] * 19 + [1, 0])
    assert certain["status_reason"]["spiegelhalter_z"] == "zero_variance"
    few = measured(*sample(1, 12))
    assert few["status_reason"]["hosmer_lemeshow"] == "small_sample"
    coarse = measured(SCORE, OUTCOME, resolution=1)
    assert coarse["status_reason"]["spiegelhalter_z"] == "out_of_range"


def test_no_cohort_gives_no_row_and_cohorts_without_bins_their_reason():
    empty = table([cohort(SCORE, OUTCOME)], [in_bins(SCORE, OUTCOME)])[:0]
    nobody = pd.DataFrame(columns=["cohort_number"])
    pd.testing.assert_frame_equal(score_test_metrics(nobody, nobody, as_of_date="2025-06-30"), empty)
    changes = {"discrimination_reason": "no_data", "calibration_reason": "no_data"}
    assert set(table([cohort(SCORE, OUTCOME, **changes)], [])["status_reason"]) == {"no_data"}
