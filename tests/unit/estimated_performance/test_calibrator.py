"""The calibrator on counts against scikit-learn's isotonic regression on rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from dbt_model_risk.estimated_performance.calibrator import fit_isotonic, fit_steps

tables = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 6), st.integers(0, 6)).filter(lambda row: row[1] + row[2] > 0),
    min_size=1,
    max_size=30,
)


def columns(table):
    points, events, others = np.array(table, dtype=float).T
    return points, events, events + others


@given(tables)
def test_counts_give_the_curve_of_their_rows(table):
    """scikit-learn's IsotonicRegression(out_of_bounds="clip") is the oracle."""
    points, events, n = columns(table)
    rows = np.repeat(points, n.astype(int))
    labels = np.concatenate([[1.0] * int(e) + [0.0] * int(m - e) for e, m in zip(events, n, strict=True)])
    oracle = IsotonicRegression(out_of_bounds="clip").fit(rows, labels)
    wanted = np.linspace(-1, 13, 57)
    assert fit_isotonic(points, events, n)(wanted) == pytest.approx(oracle.predict(wanted), abs=1e-12)


@given(tables, st.randoms(use_true_random=False))
def test_no_order_and_no_split_of_rows_matters(table, random):
    points, events, n = columns(table)
    order = random.sample(range(len(table)), len(table))
    split = [np.concatenate([part[order], part[order]]) / 2 for part in (2 * points, events, n)]
    for fit in (fit_isotonic, lambda *counts: fit_steps(*counts, groups=4)):
        whole, halves = fit(points, events, n), fit(*split)
        assert halves(points) == pytest.approx(whole(points), abs=1e-12)


@given(tables)
def test_what_is_expected_of_the_reference_is_what_came(table):
    points, events, n = columns(table)
    for fit in (fit_isotonic, lambda *counts: fit_steps(*counts, groups=4)):
        assert (n * fit(points, events, n)(points)).sum() == pytest.approx(events.sum(), abs=1e-9)


def test_steps_hold_about_as_many_outcomes_each():
    curve = fit_steps(np.arange(8), np.arange(8) * 10.0, np.full(8, 10.0), groups=4)
    assert curve(np.arange(8)).tolist() == [0.5, 0.5, 2.5, 2.5, 4.5, 4.5, 6.5, 6.5]


def test_nothing_is_known_without_outcomes():
    with pytest.raises(ValueError, match="at least one outcome"):
        fit_isotonic(np.array([1.0]), np.array([0.0]), np.array([0.0]))
