"""Changes of rates and means against scipy and numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.drift.rates import standard_deviation, two_proportion_p_value

rate = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(rate, rate)
def test_the_square_of_z_is_chi_square(first, second):
    """Pooled z squared is the chi-square of the 2 x 2 table, whose p scipy knows."""
    (a, n), (b, m) = first, second
    p_value = two_proportion_p_value(np.array(a), n, np.array(b), m)
    if a + b in (0, n + m):
        assert np.isnan(p_value)
    else:
        oracle = stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False)
        assert p_value == pytest.approx(oracle.pvalue, rel=1e-7, abs=1e-15)


@given(rate)
def test_the_same_rate_is_certain(first):
    events, size = np.array(first[0]), first[1]
    p_value = two_proportion_p_value(events, size, 3 * events, 3 * size)
    assert np.isnan(p_value) or p_value == pytest.approx(1, abs=1e-7)


def test_an_empty_sample_has_none():
    assert np.isnan(two_proportion_p_value(np.array(1), 2, np.array(0), 0))


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=50))
def test_the_deviation_is_numpys(xs):
    xs = np.array(xs)
    deviation = standard_deviation(np.array(len(xs)), xs.sum(), (xs**2).sum())
    assert deviation == pytest.approx(xs.std(), rel=1e-3, abs=1e-5 * np.abs(xs).max())


def test_a_constant_does_not_vary():
    assert standard_deviation(np.array(3), np.array(0.3), np.array(0.03)) == 0
    assert np.isnan(standard_deviation(np.array(0), np.array(0.0), np.array(0.0)))
