"""The duration test against a numerical maximum by scipy, and what it has to say about clusters."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize, stats

from dbt_model_risk.market_risk.duration_test import duration_test, durations_between

flags = st.lists(st.booleans(), min_size=8, max_size=120).map(np.array)


def log_likelihood(shape, scale, durations, is_complete):
    """By scipy's Weibull: density of complete durations, survival of censored ones."""
    weibull = stats.weibull_min(shape, scale=1 / scale)
    return weibull.logpdf(durations[is_complete]).sum() + weibull.logsf(durations[~is_complete]).sum()


@given(exceptions=flags)
def test_the_statistic_is_the_maximum_that_scipy_finds(exceptions):
    assume(exceptions.sum() >= 4)
    durations, is_complete = durations_between(exceptions)

    def profile(shape):
        scale = (is_complete.sum() / (durations**shape).sum()) ** (1 / shape)
        return log_likelihood(shape, scale, durations, is_complete)

    best = optimize.minimize_scalar(lambda shape: -profile(shape), bounds=(0.001, 10), method="bounded")
    highest = max(-best.fun, profile(1.0))
    found = duration_test(exceptions)
    assert found.statistic == pytest.approx(2 * (highest - profile(1.0)), rel=1e-6, abs=1e-6)
    assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 1), rel=1e-9)


def test_both_ends_are_censored_unless_an_exception_stands_there():
    durations, is_complete = durations_between(np.array([0, 0, 1, 0, 1, 1, 0], bool))
    assert (durations.tolist(), is_complete.tolist()) == ([3, 2, 1, 1], [False, True, True, False])
    durations, is_complete = durations_between(np.array([1, 0, 1], bool))
    assert (durations.tolist(), is_complete.tolist()) == ([2], [True])


@given(exceptions=flags)
def test_time_may_run_backwards_except_for_the_convention_at_the_start(exceptions):
    """A first exception on day 1 starts the clock, one on the last day stops it: inside, nothing has a direction."""
    inside = np.concatenate([[True], exceptions, [True]])
    assume(exceptions.sum() >= 2)
    assert duration_test(inside) == pytest.approx(duration_test(inside[::-1]), rel=1e-6, abs=1e-9)


def test_clusters_have_a_shape_below_one_and_are_rejected():
    clustered = np.zeros(1000, bool)
    clustered[[100, 101, 103, 104, 105, 600, 601, 602]] = True
    found = duration_test(clustered)
    assert found.shape < 0.7 and found.p_value < 0.01
    random = np.random.default_rng(7).random(5000) < 0.01
    assert duration_test(random).p_value > 0.05


@pytest.mark.parametrize("count", [0, 1, 3])
def test_fewer_than_four_exceptions_say_nothing(count):
    exceptions = np.zeros(100, bool)
    exceptions[:count] = True
    assert np.isnan(duration_test(exceptions)).all()


def test_a_table_of_flags_is_refused():
    with pytest.raises(ValueError, match="exceptions must have one dimension, not 2"):
        duration_test(np.zeros((2, 2)))
