"""Hosmer-Lemeshow against the published cases, scipy, and groups counted by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from score_cases import reference_case, reference_rows

from dbt_model_risk.calibration.hosmer_lemeshow import hosmer_lemeshow, merge_small_groups, quantile_groups

ONE = np.array([0])
counts = st.lists(st.integers(1, 60), min_size=1, max_size=40)


def test_the_caffeine_case():
    """The data of Wikipedia's article; the model was fitted to them, so degrees of freedom are two fewer."""
    case = reference_case("hosmer_lemeshow_caffeine")
    groups = pd.DataFrame(case["inputs"]["groups"])
    expected = groups["n"] * groups["expected_p"]
    statistic, count, _ = hosmer_lemeshow(groups["n"], groups["observed"], expected)
    assert statistic == pytest.approx(case["expected"]["statistic"], abs=1e-6)
    assert stats.chi2.sf(statistic, count - 2) == pytest.approx(case["expected"]["p_df9"], abs=1e-6)


def test_the_prob_200_case():
    """Its groups take twenty cases each in order of score and number, so ties are split."""
    expected, rows = reference_case("prob_200")["expected"]["calibration"], reference_rows("prob_200")
    rows = rows.sort_values(["p", "id"], ignore_index=True)
    groups = rows.groupby(rows.index // 20).agg(n=("y", "size"), y=("y", "sum"), p=("p", "sum"))
    statistic, count, p_value = hosmer_lemeshow(groups["n"], groups["y"], groups["p"])
    assert statistic == pytest.approx(expected["hosmer_lemeshow_10"], abs=1e-6)
    assert p_value == pytest.approx(expected["hl_p_df10_validation"], abs=1e-6)
    assert stats.chi2.sf(statistic, count - 2) == pytest.approx(expected["hl_p_df8_insample"], abs=1e-6)


def test_it_is_the_chi_square_of_events_and_nonevents():
    rng = np.random.default_rng(6)
    cases, rate = rng.integers(50, 200, 10), rng.uniform(0.1, 0.9, 10)
    events = rng.binomial(cases, rate)
    observed, expected = [events, cases - events], [cases * rate, cases * (1 - rate)]
    pearson = ((np.array(observed) - expected) ** 2 / expected).sum()
    statistic, count, p_value = hosmer_lemeshow(cases, events, cases * rate)
    assert (statistic, count) == (pytest.approx(pearson, rel=1e-12), 10)
    assert p_value == pytest.approx(stats.chi2.sf(pearson, 10), rel=1e-9)


def test_without_ties_groups_are_tenths_by_rank():
    groups = quantile_groups(np.ones(200, int), starts=ONE)
    assert groups.tolist() == (np.arange(200) // 20).tolist()


def test_a_tie_goes_where_its_middle_belongs_and_groups_may_stay_empty():
    # 3 + 10 + 7 of 20 cases: their middles are at 1.5, 8 and 16.5.
    assert quantile_groups(np.array([3, 10, 7, 5]), starts=np.array([0, 3])).tolist() == [0, 4, 8, 5]


@given(counts, counts)
def test_groups_rise_and_are_those_of_the_cohort_alone(first, second):
    both = quantile_groups(np.array(first + second), starts=np.array([0, len(first)]))
    alone = quantile_groups(np.array(second), starts=ONE)
    assert both[len(first) :].tolist() == alone.tolist()
    assert (np.diff(alone) >= 0).all() and alone.min() >= 0 and alone.max() <= 9


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1)), min_size=3, max_size=10))
def test_merged_groups_keep_the_totals_and_expect_enough(groups):
    cases = np.array([n for n, _ in groups], float)
    expected = np.array([n * p for n, p in groups])
    merged = merge_small_groups(cases, np.floor(expected), expected)
    for before, after in zip((cases, np.floor(expected), expected), merged, strict=True):
        assert after.sum() == pytest.approx(before.sum(), abs=1e-9)
    is_group = merged[0] > 0
    is_enough = (merged[2] >= 5) & (merged[0] - merged[2] >= 5)
    assert is_enough[is_group].all() or is_group.sum() == 1


def test_the_small_join_the_next_and_the_rest_the_last():
    cases, expected = np.array([[10, 10, 10, 20, 3]]), np.array([[1, 2, 5, 8, 1]])
    merged = merge_small_groups(cases, expected, expected)
    assert merged[0].tolist() == [[0, 0, 30, 23, 0]]
    assert merged[2].tolist() == [[0, 0, 8, 9, 0]]


def test_impossible_events_are_infinitely_far_and_certain_ones_add_nothing():
    assert hosmer_lemeshow([10, 10, 10], [0, 10, 5], [0, 10, 5])[0] == 0
    statistic, _, p_value = hosmer_lemeshow([10], [1], [0])
    assert (statistic, p_value) == (np.inf, 0)
    assert np.isnan(hosmer_lemeshow([0], [0], [0])[0])
