"""Benjamini-Hochberg against the paper's own example and scipy."""

import numpy as np
import pytest
from drift_cases import reference_case
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.drift.false_discovery import benjamini_hochberg

p_values = st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=30)


def test_the_myocardial_infarction_example():
    """Benjamini and Hochberg (1995): at 5 % the procedure rejects 4 of the 15 hypotheses."""
    case = reference_case("bh_1995")
    adjusted = benjamini_hochberg(case["inputs"]["p_values"], family=np.zeros(15))
    assert adjusted == pytest.approx(case["expected"]["fdr_bh"]["adjusted"], abs=1e-12)
    assert (adjusted <= 0.05).sum() == case["published_as_printed"]["bh_rejections"] == 4


@given(p_values, p_values)
def test_it_is_scipys_within_each_family(first, second):
    mixed = np.array([*first, *second])
    family = np.repeat([0, 1], [len(first), len(second)])
    shuffled = np.random.default_rng(len(mixed)).permutation(len(mixed))
    adjusted = np.empty(len(mixed))
    adjusted[shuffled] = benjamini_hochberg(mixed[shuffled], family=family[shuffled])
    expected = [*stats.false_discovery_control(first), *stats.false_discovery_control(second)]
    assert adjusted == pytest.approx(expected, rel=1e-12)


@given(p_values)
def test_a_test_that_was_not_made_does_not_count(first):
    family = np.zeros(len(first))
    adjusted = benjamini_hochberg([np.nan, *first], family=[0, *family])
    assert np.isnan(adjusted[0])
    assert adjusted[1:] == pytest.approx(benjamini_hochberg(first, family=family))


@pytest.mark.parametrize("p_value", [-0.1, 1.1])
def test_a_number_that_is_no_probability_is_refused(p_value):
    with pytest.raises(ValueError, match=str(p_value)):
        benjamini_hochberg([0.5, p_value], family=[0, 0])


def test_no_tests():
    assert np.isnan(benjamini_hochberg([np.nan], family=[0])).all()
    assert len(benjamini_hochberg([], family=[])) == 0
