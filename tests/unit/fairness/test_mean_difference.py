"""Standardised differences of means against numpy and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.fairness.mean_difference import standardised_mean_difference


def sums(scores):
    return len(scores), scores.sum(), (scores**2).sum()


samples = st.tuples(st.integers(0, 1000), st.integers(2, 60), st.integers(2, 60))


def drawn(sample):
    seed, n, m = sample
    rng = np.random.default_rng(seed)
    return rng.beta(2, 8, n), rng.beta(2, 9, m)


@settings(max_examples=30)
@given(samples)
def test_it_is_students_t_over_the_root_of_the_sizes(sample):
    """The pooled t statistic of scipy is d * sqrt(nm / (n + m))."""
    first, second = drawn(sample)
    n, m = len(first), len(second)
    found, low, high = standardised_mean_difference(*sums(first), *sums(second))
    t = stats.ttest_ind(first, second).statistic
    assert found == pytest.approx(t * np.sqrt((n + m) / (n * m)), rel=1e-6, abs=1e-9)
    error = np.sqrt((n + m) / (n * m) + found**2 / (2 * (n + m)))
    assert [low, high] == pytest.approx(found + error * stats.norm.ppf([0.025, 0.975]))


@settings(max_examples=30)
@given(samples)
def test_it_turns_with_the_groups_and_knows_no_unit(sample):
    first, second = drawn(sample)
    found, *_ = standardised_mean_difference(*sums(first), *sums(second))
    assert standardised_mean_difference(*sums(second), *sums(first))[0] == pytest.approx(-found)
    scaled, *_ = standardised_mean_difference(*sums(600 * first), *sums(600 * second))
    assert scaled == pytest.approx(found, rel=1e-6)
    assert standardised_mean_difference(*sums(first), *sums(first))[0] == 0


def test_scores_that_do_not_vary_have_none():
    flat = np.full(9, 0.1)
    assert np.isnan(standardised_mean_difference(*sums(flat), *sums(flat))).all()
    assert np.isnan(standardised_mean_difference(*sums(flat[:1]), *sums(flat[:1]))).all()
    assert np.isnan(standardised_mean_difference(0, 0.0, 0.0, *sums(np.array([1.0, 2.0])))).all()
