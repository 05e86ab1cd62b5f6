"""The t-test of losses against scipy and its own laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.losses.mean_error import mean_error

losses = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=2, max_size=60)


def of_cases(estimated, realised):
    """The test from the sums that evidence keeps."""
    estimated, realised = np.asarray(estimated, float), np.asarray(realised, float)
    error = realised - estimated
    scale = (estimated**2 + realised**2).sum()
    return mean_error(len(error), error.sum(), scale - 2 * (estimated * realised).sum(), scale)


@settings(max_examples=30)
@given(pairs=losses)
def test_it_equals_scipy(pairs):
    estimated, realised = np.array(pairs).T / 100
    found = of_cases(estimated, realised)
    if np.ptp(np.array(pairs) @ [1, -1]) == 0:
        assert np.isnan([found.statistic, found.p_value, found.low, found.high]).all()
        return
    expected = stats.ttest_1samp(realised - estimated, 0, alternative="greater")
    interval = stats.ttest_1samp(realised - estimated, 0).confidence_interval()
    assert (found.statistic, found.p_value) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-6, abs=1e-9)
    assert (found.low, found.high) == pytest.approx(tuple(interval), rel=1e-6, abs=1e-9)
    turned = of_cases(realised, estimated)
    assert turned.mean == pytest.approx(-found.mean, abs=1e-12)
    assert turned.p_value == pytest.approx(1 - found.p_value, abs=1e-9)


def test_a_false_alarm_is_as_rare_as_it_says():
    rng = np.random.default_rng(2)
    error = rng.normal(0, 0.2, (4000, 30))
    found = mean_error(np.full(4000, 30), error.sum(1), (error**2).sum(1), (error**2).sum(1))
    alarms = int((found.p_value < 0.05).sum())
    assert stats.binomtest(alarms, 4000, 0.05).pvalue > 0.001


@pytest.mark.parametrize("size", [0, 1])
def test_one_case_or_none_is_no_test(size):
    found = mean_error(size, 0.1 * size, 0.01 * size, 0.3 * size)
    assert np.isnan([found.statistic, found.p_value, found.low]).all()
    assert np.isnan(found.mean) == (size == 0)


def test_rounding_is_no_variance():
    estimated = np.random.default_rng(4).uniform(0, 1, 500)
    assert np.isnan(of_cases(estimated, estimated + 0.1).statistic)
    assert np.isnan(of_cases(estimated, estimated).statistic)
