"""Rank order over grades against scipy's Somers' D, sklearn's AUC and a pooled z test worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from dbt_model_risk.grades.merging import group_sums, merge_neighbours
from dbt_model_risk.grades.rank_order import rank_inversions, somers_d

grade_counts = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=6)


def test_inversions_are_counted_and_equal_rates_are_none():
    # 1 %, 1 %, 3 %, 2 %
    inversions, p_value = rank_inversions([10, 5, 30, 20], [1000, 500, 1000, 1000])
    assert inversions == 1
    pooled = 50 / 2000
    z = (0.02 - 0.03) / np.sqrt(pooled * (1 - pooled) * 2 / 1000)
    assert p_value == pytest.approx(stats.norm.cdf(z), abs=1e-12)


@settings(max_examples=30)
@given(st.integers(0, 50), st.integers(0, 50))
def test_two_grades_have_the_p_value_of_chi_square(safer, riskier):
    inversions, p_value = rank_inversions([safer, riskier], [80, 120])
    assert inversions == (riskier / 120 < safer / 80)
    if safer + riskier:
        table = [[safer, 80 - safer], [riskier, 120 - riskier]]
        two_sided = stats.chi2_contingency(table, correction=False).pvalue
        expected = two_sided / 2 if riskier / 120 < safer / 80 else 1 - two_sided / 2
        assert p_value == pytest.approx(expected, abs=1e-9)
    else:
        assert np.isnan(p_value)


def test_one_group_has_no_pair():
    inversions, p_value = rank_inversions([[5, 0, 0]], [[90, 0, 0]])
    assert inversions[0] == 0 and np.isnan(p_value[0])
    assert np.isnan(rank_inversions(np.zeros((1, 1)), np.zeros((1, 1)))[1][0])


@settings(max_examples=30)
@given(grade_counts)
def test_somers_d_is_scipys_and_twice_sklearns_auc_less_one(counts):
    events, nonevents = np.array(counts).T
    value, _ = somers_d(events, events + nonevents)
    if not events.sum() or not nonevents.sum():
        assert np.isnan(value)
        return
    grade = np.repeat(np.arange(len(counts)), events + nonevents)
    outcome = np.concatenate([np.repeat([1, 0], pair) for pair in counts])
    assert value == pytest.approx(stats.somersd(outcome, grade).statistic, abs=1e-12)
    assert value == pytest.approx(2 * roc_auc_score(outcome, grade) - 1, abs=1e-12)


def test_the_standard_error_is_delongs(reference_case, shared):
    """wfns of the aSAH data: R pROC gives the variance of its AUC, a quarter of that of Somers' D."""
    case = reference_case("auc_delong_asah")
    rows = np.genfromtxt(
        shared / "reference_cases" / case["inputs"]["csv"], delimiter=",", names=True, dtype=None, encoding=None
    )
    table = np.array([[((rows["y"] == y) & (rows["wfns"] == grade)).sum() for grade in range(1, 6)] for y in (0, 1)])
    value, error = somers_d(table[1], table.sum(0))
    assert (value + 1) / 2 == pytest.approx(case["expected"]["auc_1"], abs=1e-12)
    assert (error / 2) ** 2 == pytest.approx(case["expected"]["var_1"], abs=1e-12)


def test_a_single_case_of_a_class_has_no_standard_error():
    value, error = somers_d([0, 1], [50, 10])
    assert value > 0 and np.isnan(error)


def test_small_grades_join_the_next_and_the_last_the_one_before():
    group = merge_neighbours([[20, 30, 60, 10, 0], [1, 2, 3, 4, 5], [50, 0, 0, 50, 49]], minimum=50)
    assert group.tolist() == [[0, 0, 1, 1, 1], [0] * 5, [0, 1, 1, 1, 1]]
    assert group_sums([[20, 30, 60, 10, 0]], group[:1]).tolist() == [[50, 70, 0, 0, 0]]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 200), min_size=1, max_size=8), st.integers(1, 300))
def test_groups_are_neighbours_large_enough_and_hold_every_case(weight, minimum):
    group = merge_neighbours(weight, minimum=minimum)
    assert group[0] == 0 and set(np.diff(group)) <= {0, 1}
    sums = group_sums(weight, group)[: group.max() + 1]
    assert sums.sum() == sum(weight)
    assert (sums >= minimum).all() or len(sums) == 1
