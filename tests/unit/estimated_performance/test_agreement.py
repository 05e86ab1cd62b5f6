"""Whether matured outcomes agree with the calibrator."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_model_risk.estimated_performance.agreement import agreement, group_edges

POINTS = np.arange(100.0)


def compare(rate, events, n, reference_n=1e9):
    return agreement(POINTS, events, n * rate, n * rate * (1 - rate), n, (POINTS, np.full(100, reference_n)))


def test_chance_alone_fails_as_often_as_stated():
    """At 1 % no more than 1 % (Bonferroni) of 3,000 windows; at 10 % more than 5 %, so that it is not idle."""
    rng, rate = np.random.default_rng(11), np.linspace(0.02, 0.3, 100)
    n = np.full(100, 30.0)
    p = np.array([compare(rate, rng.binomial(30, rate), n).p_value for _ in range(3000)])
    assert (p < 0.01).mean() <= 0.015
    assert 0.05 < (p < 0.1).mean() <= 0.11


def test_a_calibrator_fitted_on_a_sample_is_forgiven_its_own_error():
    rng, rate = np.random.default_rng(12), np.full(100, 0.1)
    p = []
    for _ in range(1000):
        reference, window = rng.binomial(30, rate), rng.binomial(30, rate)
        fitted, n = np.full(100, reference.mean() / 30), np.full(100, 30.0)
        p.append(compare(fitted, window, n, reference_n=30.0).p_value)
    assert np.mean(np.array(p) < 0.05) <= 0.06


def test_a_shift_and_a_turn_are_both_found():
    rate, n = np.full(100, 0.2), np.full(100, 30.0)
    shifted = compare(rate, n * 0.25, n)
    turned = compare(rate, n * np.linspace(0.3, 0.1, 100), n)
    assert shifted.gap_share == pytest.approx(0.25)
    assert shifted.p_value < 0.001
    assert turned.p_value < 0.001
    assert compare(rate, n * rate, n).p_value == 1


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), min_size=1, max_size=60))
def test_groups_hold_about_a_fifth_of_the_outcomes(rows):
    points, n = np.array(rows, dtype=float).T
    edges = group_edges(points, n, groups=5)
    assert len(edges) <= 4
    held = np.bincount(np.searchsorted(edges, points), weights=n)
    largest_point = max(n[points == point].sum() for point in points)
    assert held.max() <= n.sum() / 5 + largest_point + 1e-9


def test_nothing_to_compare_has_no_answer():
    none = np.zeros(0)
    found = agreement(none, none, none, none, none, (POINTS, np.ones(100)))
    assert np.isnan([found.gap_share, found.p_value]).all()
    assert found.sample_size == 0
