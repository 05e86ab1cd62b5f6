"""Intervals and exact tests of proportions against scipy."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats.contingency import relative_risk

from dbt_model_risk.fairness.fisher import fisher_exact_p_value
from dbt_model_risk.fairness.proportions import (
    difference_interval,
    ratio_interval,
    ratio_of_rates,
)

rate = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=30)
@given(rate, rate)
def test_the_ratio_interval_is_scipys(first, second):
    """scipy.stats.contingency.relative_risk gives the Katz interval too."""
    oracle = relative_risk(*first, *second)
    found = [float(end) for end in ratio_interval(*first, *second)]
    if first[0] and second[0]:
        assert float(ratio_of_rates(*first, *second)) == pytest.approx(oracle.relative_risk, rel=1e-14)
        assert found == pytest.approx(list(oracle.confidence_interval(0.95)), rel=1e-12)
    else:
        assert np.isnan(found).all()
        assert np.isnan(ratio_of_rates(*first, *second)) == (second[0] == 0)


def test_the_difference_interval_is_the_published_one():
    """Newcombe (1998), table II: 56/70 less 48/80 is 0.0524 to 0.3339 by method 10, and so on."""
    published = {
        (56, 70, 48, 80): (0.0524, 0.3339),
        (9, 10, 3, 10): (0.1705, 0.8090),
        (10, 10, 0, 20): (0.6791, 1.0000),
        (10, 10, 0, 10): (0.6075, 1.0000),
    }
    for counts, expected in published.items():
        assert tuple(np.round(difference_interval(*counts), 4)) == expected


@settings(max_examples=30)
@given(rate, rate)
def test_a_difference_lies_in_its_interval_and_turns_with_its_sign(first, second):
    low, high = difference_interval(*first, *second)
    difference = first[0] / first[1] - second[0] / second[1]
    assert -1 <= low <= difference + 1e-12 and difference - 1e-12 <= high <= 1
    assert [-high, -low] == pytest.approx([float(end) for end in difference_interval(*second, *first)], abs=1e-12)


@settings(max_examples=30)
@given(st.integers(1, 10**6), st.integers(1, 50), st.integers(1, 10), st.integers(1, 1000))
def test_a_ratio_of_exactly_four_fifths_is_not_below_it(events, more, scale, spare):
    """The rule is strict: whoever is selected at exactly 80 % of the highest rate passes, whatever the counts."""
    trials = events + spare
    other_trials = 4 * trials * more * scale
    other_events = 5 * events * more * scale
    if other_events <= other_trials:
        assert Fraction(events, trials) / Fraction(other_events, other_trials) == Fraction(4, 5)
        assert ratio_of_rates(events, trials, other_events, other_trials) == 0.8


@settings(max_examples=30)
@given(rate, rate)
def test_fishers_p_value_is_scipys(first, second):
    (a, n), (b, m) = first, second
    oracle = stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue
    assert fisher_exact_p_value(a, n, b, m) == pytest.approx(oracle, rel=1e-8, abs=1e-300)


@pytest.mark.parametrize(
    "table",
    [
        (90, 1000, 120, 1000),
        (1, 20_000, 40, 20_000),
        (18_000, 20_000, 9_100, 10_000),
        (3, 30, 100_000, 200_000),
        (700, 100_000, 450, 40_000),
        (0, 50_000, 10, 50_000),
        (24_990, 25_000, 24_000, 25_000),
    ],
)
def test_fishers_p_value_of_large_and_lopsided_tables_is_scipys(table):
    a, n, b, m = table
    oracle = stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue
    assert fisher_exact_p_value(a, n, b, m) == pytest.approx(oracle, rel=1e-6, abs=1e-300)


@settings(max_examples=30)
@given(rate, rate)
def test_fishers_p_value_does_not_depend_on_names(first, second):
    p_value = fisher_exact_p_value(*first, *second)
    (a, n), (b, m) = first, second
    assert fisher_exact_p_value(b, m, a, n) == pytest.approx(p_value, rel=1e-9)
    assert fisher_exact_p_value(n - a, n, m - b, m) == pytest.approx(p_value, rel=1e-9)
    assert 0 <= p_value <= 1


def test_groups_treated_as_one_do_not_differ_and_an_empty_group_says_nothing():
    events, trials = np.array([5, 0, 4]), np.array([5, 5, 8])
    assert fisher_exact_p_value(events, trials, 2 * events, 2 * trials) == pytest.approx([1, 1, 1])
    assert np.isnan(fisher_exact_p_value(0, 0, 3, 5))
    assert all(np.isnan(difference_interval(0, 0, 1, 2)))
    assert fisher_exact_p_value(*[np.array([])] * 4).shape == (0,)
