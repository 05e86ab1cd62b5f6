"""Loss back-tests from evidence to metric rows: the reference case, weights, segments and reasons."""

from datetime import date, datetime

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dbt_model_risk.losses.metrics import loss_metrics
from dbt_model_risk.metric_frame import METRIC_COLUMNS

EXACT = 2**50
VERSION = {"model_id": "m", "model_version": "1"}
RECORDED = {"recorded_at": datetime(2024, 1, 1)}
TABLES = {
    "registers.sandbox_needs": pd.DataFrame([{"sandbox_id": "x", "capability": "", "need": ""} | RECORDED]),
    "registers.models": pd.DataFrame([{"model_id": "m", "sandbox_id": "s"} | RECORDED]),
}
EDGES = [0.05, *np.arange(1, 11) / 10]


@pytest.fixture(scope="session")
def back_test(compiled):
    """Runs the models on evidence of one month; one row per metric."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as model_risk; use model_risk")
    connection.execute("create schema metrics; create schema registers; create schema evidence")

    def run(evidence, *, validated_auc=None, minimum_sample="1", due="2025-01-31"):
        month = {"period_grain": "month", "period_start": date(2025, 1, 1), "period_end": date.fromisoformat(due)}
        period = pd.DataFrame([VERSION | month | {"problem_type": "loss", "outcome_horizon_days": 90}])
        declared = pd.DataFrame([VERSION | {"validated_auc": validated_auc} | RECORDED]).astype(
            {"validated_auc": float}
        )
        tables = TABLES | {
            "metrics.met_periods": period.astype({"outcome_horizon_days": "int32"}),
            "registers.validation_parameters": declared,
            "evidence.evd_score_outcomes": evidence,
        }
        for table, frame in tables.items():
            connection.register("frame", frame)
            connection.execute(f"create or replace table {table} as select * from frame")
        for model in ("met_loss_sums", "met_loss_cells"):
            connection.execute(f"create or replace table metrics.{model} as {compiled[model]}")
        sums, cells = (connection.execute(f"from metrics.met_loss_{name}").df() for name in ("sums", "cells"))
        found = loss_metrics(sums, cells, as_of_date="2025-06-30", minimum_sample=minimum_sample)
        errors = connection.execute(compiled["met_regression"]).df()
        return pd.concat([found, errors], ignore_index=True).set_index("metric")

    return run


def evidence_rows(estimated, realised, *, exposure=1.0, resolution=EXACT, is_rate=True):
    """One evidence row per case, as the outcome evidence would sum a single case."""
    estimated, realised = np.asarray(estimated, float), np.asarray(realised, float)
    segment = np.searchsorted(EDGES, realised, side="right").astype(str)
    columns = {
        **VERSION | {"segment_key": "all", "segment_value": "all", "n": 1},
        **{"event_date": date(2025, 1, 15), "known_date": date(2025, 4, 1)},
        "score_bin": np.floor(estimated * resolution if is_rate else 0 * estimated).astype("int64"),
        "score_resolution": resolution,
        "outcome_class": segment,
        "score_sum": estimated,
        "score_square_sum": estimated**2,
        "outcome_sum": realised,
        "outcome_square_sum": realised**2,
        "score_outcome_sum": estimated * realised,
        "absolute_error_sum": np.abs(estimated - realised),
        "exposure_sum": exposure,
        "exposure_score_sum": exposure * estimated,
        "exposure_outcome_sum": exposure * realised,
        **{"hit_count": 0, "interval_count": 0, "covered_count": 0},
        **{"pinball_lower_sum": np.nan, "pinball_upper_sum": np.nan},
    }
    rows = pd.DataFrame(columns)
    return rows if is_rate else rows.astype({"score_bin": "Int64"}).assign(score_bin=pd.NA, outcome_class=None)


def losses(seed, count=200):
    """Estimates with some skill, and an exposure of each case."""
    rng = np.random.default_rng(seed)
    estimated = rng.beta(2, 3, count)
    realised = np.clip(estimated + rng.normal(0.03, 0.25, count), 0, 1.2)
    return estimated, realised, rng.exponential(1e5, count)


@pytest.mark.parametrize("resolution", [EXACT, 10_000])
def test_the_reference_case(back_test, reference_case, shared, resolution):
    """lgd_80: t and p of scipy.stats.t, Somers' D of scipy.stats.somersd over the ECB's segments."""
    case = reference_case("lgd_80")
    rows = pd.read_csv(shared / "reference_cases" / case["inputs"]["csv"])
    found = back_test(evidence_rows(rows["lgd_est"], rows["lgd_real"], resolution=resolution))
    expected = case["expected"]
    values = {
        "loss_t_test": expected["t"],
        "loss_mean_error": expected["mean_error"],
        "loss_shortfall": expected["loss_shortfall"],
        "loss_shortfall_size": expected["loss_shortfall"],
        "generalised_auc": expected["gauc"],
        "mae": expected["mae"],
        "rmse": expected["rmse"],
        "pearson": expected["pearson"],
    }
    assert found["value"][list(values)].to_dict() == pytest.approx(values, rel=1e-9)
    assert found["p_value"]["loss_t_test"] == pytest.approx(expected["p_one_sided"], rel=1e-9)
    error = rows["lgd_real"] - rows["lgd_est"]
    interval = stats.ttest_1samp(error, 0).confidence_interval()
    assert found.loc["loss_mean_error", ["ci_low", "ci_high"]].tolist() == pytest.approx(tuple(interval), rel=1e-9)
    assert (found["sample_size"][list(values)] == 80).all() and found["error_bound"]["generalised_auc"] == 0


def test_every_edge_opens_its_segment(back_test):
    """scipy.stats.somersd over numpy's segments; the estimates lie on the edges, which doubles cannot hold."""
    estimated = np.repeat([0, 0.0499, 0.05, 0.0999, *np.arange(1, 12) / 10], 4)
    realised = np.random.default_rng(8).permutation(estimated)
    segments = [np.searchsorted(EDGES, side, side="right") for side in (realised, estimated)]
    expected = (stats.somersd(*segments).statistic + 1) / 2
    for resolution in (EXACT, 10_000):
        found = back_test(evidence_rows(estimated, realised, resolution=resolution))
        assert found["value"]["generalised_auc"] == pytest.approx(expected)


@pytest.mark.parametrize("resolution", [7, 15, 33, 101])
def test_the_bound_holds_the_value_on_estimates_that_straddle_an_edge(back_test, resolution):
    estimated, realised, _ = losses(3)
    exact = back_test(evidence_rows(estimated, realised)).loc["generalised_auc"]
    binned = back_test(evidence_rows(estimated, realised, resolution=resolution)).loc["generalised_auc"]
    assert abs(binned["value"] - exact["value"]) <= binned["error_bound"] <= 1


def test_the_shortfall_is_weighted_by_exposure(back_test):
    estimated, realised, exposure = losses(1)
    found = back_test(evidence_rows(estimated, realised, exposure=exposure))["value"]
    assert found["loss_shortfall"] == pytest.approx(1 - (estimated * exposure).sum() / (realised * exposure).sum())
    turned = back_test(evidence_rows(realised, estimated, exposure=exposure))["value"]
    assert turned["loss_shortfall"] < 0 < found["loss_shortfall"]
    assert turned["loss_shortfall_size"] == -turned["loss_shortfall"]


def test_an_amount_is_its_own_exposure_and_has_no_segments(back_test):
    _, realised, amount = losses(2)
    estimated, realised = amount, amount * (0.8 + realised)
    found = back_test(evidence_rows(estimated, realised, exposure=0.0, is_rate=False), validated_auc=0.7)
    assert found["value"]["loss_shortfall"] == pytest.approx(1 - estimated.sum() / realised.sum())
    expected = stats.ttest_1samp(realised - estimated, 0, alternative="greater")
    assert found["value"]["loss_t_test"] == pytest.approx(expected.statistic, rel=1e-9)
    assert found["p_value"]["loss_t_test"] == pytest.approx(expected.pvalue, rel=1e-6)
    ranking = ["generalised_auc", "generalised_auc_drop"]
    assert found["value"][ranking].isna().all() and (found["status_reason"][ranking] == "not_applicable").all()


def test_a_drop_is_tested_against_a_constant(back_test):
    found = back_test(evidence_rows(*losses(5)[:2]), validated_auc=0.8)
    now, drop = found.loc["generalised_auc"], found.loc["generalised_auc_drop"]
    error = (now["ci_high"] - now["value"]) / stats.norm.ppf(0.975)
    assert drop["value"] == pytest.approx(0.8 - now["value"])
    assert drop["p_value"] == pytest.approx(stats.norm.sf(drop["value"] / error))
    assert back_test(evidence_rows(*losses(5)[:2]))["status_reason"]["generalised_auc_drop"] == "not_declared"


def test_order_grouping_and_corrections_change_nothing(back_test):
    estimated, realised, exposure = losses(6)
    rows = evidence_rows(np.round(estimated, 2), realised, exposure=exposure)
    keys = ["outcome_class", "score_resolution", "score_bin", "event_date", "known_date", *VERSION]
    summed = rows.groupby([*keys, "segment_key", "segment_value"], as_index=False).sum()
    wrong = evidence_rows([0.3, 0.7], [1.0, 0.0], exposure=np.array([5.0, 7.0]))
    sums = [column for column in rows if column not in [*keys, "segment_key", "segment_value"]]
    undone = wrong.assign(known_date=date(2025, 5, 1), **-wrong[sums])
    corrected = pd.concat([rows, wrong, undone]).sample(frac=1, random_state=9)
    whole = back_test(rows, validated_auc=0.8)
    pd.testing.assert_frame_equal(back_test(corrected, validated_auc=0.8), whole, rtol=0, atol=0)
    pd.testing.assert_frame_equal(back_test(summed, validated_auc=0.8), whole, rtol=1e-9)


@pytest.mark.parametrize(
    ("estimated", "realised", "reasons"),
    [
        ([0.4] * 3, [0.4] * 3, {"loss_t_test": "zero_variance", "generalised_auc": "single_class"}),
        ([0.2, 0.4, 0.3], [0.31, 0.33, 0.35], {"generalised_auc": "single_class"}),
        ([0.3, 0.3, 0.3], [0.1, 0.5, 0.9], {"generalised_auc": "zero_variance"}),
        ([0.3, 0.2], [0.0, 0.0], {"loss_shortfall": "out_of_range", "loss_shortfall_size": "out_of_range"}),
        ([0.3], [0.6], {"loss_t_test": "zero_variance", "generalised_auc": "single_class"}),
    ],
)
def test_what_cannot_be_computed_says_why(back_test, estimated, realised, reasons):
    found = back_test(evidence_rows(estimated, realised))
    assert found["status_reason"][list(reasons)].to_dict() == reasons
    tied = len(set(estimated)) == 1 and reasons.get("generalised_auc") == "zero_variance"
    assert not tied or found["value"]["generalised_auc"] == 0.5
    if not tied:
        assert found["value"][list(reasons)].isna().all()


def test_cohorts_without_enough_known_losses_say_why(back_test):
    rows = evidence_rows(*losses(7, count=9)[:2])
    own = [metric for metric in back_test(rows).index if metric.startswith(("loss", "generalised"))]
    for evidence, options, reason in [
        (rows, {"minimum_sample": "10"}, "small_sample"),
        (rows.assign(known_date=date(2025, 7, 1)), {}, "no_data"),
        (rows, {"due": "2025-06-01"}, "immature"),
    ]:
        found = back_test(evidence, **options).loc[own]
        assert found["value"].isna().all() and (found.drop("generalised_auc_drop")["status_reason"] == reason).all()


def test_no_cohort_is_an_empty_table_of_the_contract():
    empty = loss_metrics(pd.DataFrame(), pd.DataFrame(), as_of_date="2025-06-30", minimum_sample="1")
    assert list(empty.columns) == list(METRIC_COLUMNS) and empty.empty
