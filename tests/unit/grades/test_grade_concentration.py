"""Concentration over grades against published shares, and its test against the formula worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.grades.concentration import (
    coefficient_of_variation,
    concentration_index,
    concentration_p_value,
    herfindahl,
)

amounts = st.lists(st.integers(0, 10_000), min_size=2, max_size=9).filter(sum)


def test_the_shares_of_concstats(reference_case):
    """R package concstats, page of concstats_hhi_d: the dual of the index is 0.4448146."""
    case = reference_case("concentration_hhi")
    index = herfindahl(case["inputs"]["shares"])
    expected = case["expected"]
    assert index == pytest.approx(expected["hhi"], abs=1e-12)
    assert 1 / index == pytest.approx(expected["effective_n"], abs=1e-9)
    dual = (index * 6 - 1) / (6 - 1)
    assert np.sqrt(dual) == pytest.approx(coefficient_of_variation(case["inputs"]["shares"], 6) / np.sqrt(5))


def test_the_grades_of_meliora(reference_case):
    """Unit tests of github vanga/meliora: 0.408232, printed to six digits."""
    case = reference_case("grade_calibration_meliora")
    size = [grade["n"] for grade in case["inputs"]["grades"]]
    expected = case["expected"]["concentration"]
    assert herfindahl(size) == pytest.approx(float(case["published_as_printed"]["hhi"]), abs=5e-7)
    assert coefficient_of_variation(size, 3) == pytest.approx(expected["cv"], abs=1e-9)
    # The case prints 1 + ln((CV^2 + 1) / K) / ln K for its three grades.
    assert concentration_index(size, 3) == pytest.approx(expected["ecb_hi"], abs=1e-9)


@settings(max_examples=30)
@given(amounts)
def test_the_variation_is_that_of_the_shares(sizes):
    shares = np.array(sizes) / sum(sizes)
    assert coefficient_of_variation(sizes, len(sizes)) == pytest.approx(stats.variation(shares), abs=1e-7)


@settings(max_examples=30)
@given(amounts, st.integers(2, 50), st.randoms(use_true_random=False))
def test_scale_and_order_of_grades_change_nothing(sizes, factor, random):
    shuffled = random.sample(sizes, len(sizes))
    for measure in (coefficient_of_variation, concentration_index):
        found = measure(np.array(shuffled) * factor, len(sizes))
        assert found == pytest.approx(measure(sizes, len(sizes)), abs=1e-7)


def test_even_is_nothing_one_grade_is_everything_and_empty_grades_count():
    assert coefficient_of_variation([5, 5, 5, 5], 4) == 0 and concentration_index([5, 5, 5, 5], 4) == 0
    assert concentration_index([9, 0, 0], 3) == 1
    assert concentration_index([5, 5, 0], 3) > concentration_index([5, 5], 2)
    assert coefficient_of_variation([7], 1) == 0 and np.isnan(concentration_index([7], 1))
    for measure in (coefficient_of_variation, concentration_index):
        assert np.isnan(measure([0, 0], 2))


def test_the_test_against_the_initial_variation():
    """T = sqrt(6) (0.8 - 0.6) / sqrt(0.64 (0.5 + 0.64)) = 0.57354, of which scipy's normal tail is p."""
    statistic = np.sqrt(6) * 0.2 / np.sqrt(0.64 * 1.14)
    assert statistic == pytest.approx(0.57354, abs=1e-5)
    assert concentration_p_value(0.8, 0.6, 7) == pytest.approx(stats.norm.sf(statistic), abs=1e-12)
    assert concentration_p_value(0.6, 0.6, 7) == 0.5
    assert np.isnan(concentration_p_value([0, 0.5, 0.5], [0.5, np.nan, 0.5], [7, 7, 1])).all()
