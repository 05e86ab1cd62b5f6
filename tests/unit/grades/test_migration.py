"""Moves between grades against the MathWorks example and the ECB's formula worked by hand."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from dbt_model_risk.grades.migration import matrix_weighted_bandwidth, migration_z
from dbt_model_risk.grades.migration_metrics import migration_metrics
from dbt_model_risk.metric_frame import METRIC_COLUMNS

COHORT = {
    **{"model_id": "m", "model_version": "1", "segment_key": "all", "segment_value": "all"},
    **{"period_grain": "month", "period_start": datetime.date(2025, 1, 1), "period_end": datetime.date(2025, 1, 31)},
}
tables = arrays.arrays(np.int64, st.integers(1, 6).map(lambda k: (k, k)), elements=st.integers(0, 60))


def test_the_matrix_of_mathworks(reference_case):
    """risk.validation.matrixWeightedBandwidth: 0.3306 and 0.6066 as printed; z after the ECB's 2.5.5.2."""
    case = reference_case("migration_mwb_mathworks")
    counts = np.array(case["inputs"]["counts"])
    upper, lower = matrix_weighted_bandwidth(counts, 5)
    printed = case["published_as_printed"]
    assert (round(float(upper), 4), round(float(lower), 4)) == (float(printed["upper"]), float(printed["lower"]))
    z, p_value = migration_z(counts, 5)
    expected = np.array(case["expected"]["z"], float)
    np.testing.assert_allclose(z, expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(p_value, stats.norm.cdf(expected), rtol=1e-9)


def test_the_farthest_way_is_the_most_and_no_way_is_none():
    upper, lower = matrix_weighted_bandwidth([[0, 0, 7], [0, 0, 0], [0, 0, 0]], 3)
    assert upper == 1 and np.isnan(lower)
    # from the middle of three there is one step either way
    assert matrix_weighted_bandwidth([[0, 0, 0], [4, 0, 0], [0, 0, 0]], 3)[1] == 1
    assert matrix_weighted_bandwidth([[0, 4, 0], [0, 0, 0], [0, 0, 0]], 3)[0] == 0.5
    assert np.isnan(matrix_weighted_bandwidth(np.eye(3), 3)).all()


@settings(max_examples=30)
@given(tables, st.integers(2, 5))
def test_the_scale_turned_round_swaps_both_sides_and_size_changes_neither(counts, factor):
    size = len(counts)
    upper, lower = matrix_weighted_bandwidth(counts, size)
    turned = matrix_weighted_bandwidth(counts[::-1, ::-1] * factor, size)
    np.testing.assert_allclose([lower, upper], turned, rtol=1e-12)
    for side in (upper, lower):
        assert np.isnan(side) or 0 < side <= 1
    z, _ = migration_z(counts, size)
    np.testing.assert_allclose(migration_z(counts[::-1, ::-1], size)[0], z[::-1, ::-1], rtol=1e-12)
    np.testing.assert_allclose(migration_z(counts * factor, size)[0], z * np.sqrt(factor), rtol=1e-9, atol=1e-12)


@settings(max_examples=30)
@given(tables)
def test_a_wider_table_beside_it_changes_nothing(counts):
    size = len(counts)
    padded = np.zeros((2, 7, 7))
    padded[0, :size, :size] = counts
    padded[1] = 1
    sizes = np.array([size, 7])
    np.testing.assert_array_equal(
        [side[0] for side in matrix_weighted_bandwidth(padded, sizes)], matrix_weighted_bandwidth(counts, size)
    )
    z, _ = migration_z(padded, sizes)
    np.testing.assert_array_equal(z[0, :size, :size], migration_z(counts, size)[0])
    assert np.isnan(z[0, size:]).all() and np.isnan(z[0, :, size:]).all()


def test_more_in_the_farther_cell_is_an_inversion_and_without_variance_there_is_no_test():
    z, p_value = migration_z([[50, 10, 40], [0, 9, 0], [0, 0, 0]], 3)
    variance = (0.4 * 0.6 + 0.1 * 0.9 + 2 * 0.4 * 0.1) / 100
    assert z[0, 2] == pytest.approx((0.1 - 0.4) / np.sqrt(variance)) and p_value[0, 2] < 0.05
    # all stayed, and nobody started in the last grade
    assert np.isnan(z[1]).all() and np.isnan(z[2]).all()


def cohort(counts, *, outside=0, split=0, scale="scale", **keys):
    """Rows of met_grade_migrations of one cohort."""
    grades = [f"G{number}" for number in range(len(counts))]
    cells = [
        {"grade_from": a, "grade_rank_from": i, "grade_to": b, "grade_rank_to": j, "sample_size": counts[i][j]}
        for i, a in enumerate(grades)
        for j, b in enumerate(grades)
    ]
    whole = {"sample_size": int(np.sum(counts)) + outside, "split_count": split}
    columns = ["grade_from", "grade_rank_from", "grade_to", "grade_rank_to", "sample_size", "split_count"]
    frame = pd.DataFrame([whole, *cells], columns=columns).astype({"split_count": "Int64"})
    return frame.assign(**COHORT | {"rating_scale_id": scale} | keys)


def measured(*cohorts, minimum_sample=100):
    rows = pd.concat(cohorts, ignore_index=True).sample(frac=1, random_state=0)
    return migration_metrics(rows, as_of_date="2025-06-30", minimum_sample=minimum_sample)


COUNTS = [[50, 10, 40], [0, 9, 0], [5, 6, 0]]


def test_a_cohort_has_its_matrix_and_the_cells_of_grades_with_cases():
    frame = measured(cohort(COUNTS, split=12), cohort([[10, 2], [0, 0]], segment_value="small"), minimum_sample=12)
    whole = frame[frame["variable"].isna() & (frame["segment_value"] == "all")].set_index("metric")
    assert list(whole.index) == ["mwb_upper", "mwb_lower", "migration_inversion_share", "grade_stability"]
    assert whole.loc["grade_stability", ["value", "sample_size", "event_count", "error_bound"]].tolist() == [
        *[59 / 120, 120, 59, 0.1]
    ]
    wilson = stats.binomtest(59, 120).proportion_ci(method="wilson")
    assert whole.loc["grade_stability", ["ci_low", "ci_high"]].tolist() == pytest.approx([*wilson])
    assert whole.loc["mwb_upper", ["value", "event_count"]].tolist() == [90 / 100, 50]
    cells = frame[frame["metric"] == "migration_z"]
    of_all = cells[cells["segment_value"] == "all"].set_index("variable")
    assert list(of_all.index) == ["G0>G1", "G0>G2", "G1>G0", "G1>G2", "G2>G0", "G2>G1"]
    z, p_value = migration_z(COUNTS, 3)
    assert of_all.loc["G0>G2", ["value", "p_value", "sample_size", "event_count"]].tolist() == pytest.approx(
        [z[0, 2], p_value[0, 2], 100, 40]
    )
    assert set(of_all.loc[["G1>G0", "G1>G2"], "status_reason"]) == {"zero_variance"}
    tested = np.isfinite(z).sum()
    share = whole.loc["migration_inversion_share"]
    assert (share["value"], share["sample_size"]) == ((p_value < 0.05).sum() / tested, tested)
    # of the smaller scale only the grade that had cases
    assert cells[cells["segment_value"] == "small"]["variable"].tolist() == ["G0>G1"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (cohort(COUNTS, outside=1), "out_of_range"),
        (cohort([[50, 49], [0, 0]]), "small_sample"),
        (cohort(np.zeros((2, 2), int)).iloc[:1], "no_data"),
        (cohort([[60, 60], [0, 0]], scale=None).iloc[:1], "not_declared"),
    ],
)
def test_a_cohort_that_is_not_judged_says_why(rows, reason):
    frame = measured(rows)
    assert set(frame["status_reason"]) == {reason} and frame["value"].isna().all() and len(frame) == 4


def test_who_never_moved_has_no_way_to_measure():
    frame = measured(cohort([[100, 0], [0, 100]])).set_index("metric")
    assert frame.loc[["mwb_upper", "mwb_lower"], "status_reason"].tolist() == ["no_data"] * 2
    assert frame.loc["grade_stability", "value"] == 1
    assert set(frame.loc["migration_z", "status_reason"]) == {"zero_variance"}
    assert frame.loc["migration_inversion_share", "status_reason"] == "zero_variance"


def test_the_migrations_have_their_columns_and_one_order():
    rows = pd.concat([cohort(COUNTS), cohort(COUNTS, segment_value="other")], ignore_index=True)
    found = [
        migration_metrics(rows.sample(frac=1, random_state=seed), as_of_date="2025-06-30", minimum_sample=1)
        for seed in range(3)
    ]
    assert found[0].dtypes.astype(str).to_dict() == METRIC_COLUMNS
    for table in found[1:]:
        pd.testing.assert_frame_equal(table, found[0])
    empty = migration_metrics(rows.iloc[:0], as_of_date="2025-06-30", minimum_sample=1)
    assert empty.empty and empty.dtypes.astype(str).to_dict() == METRIC_COLUMNS
