"""Distances between shares against scipy, NannyML's printed examples and the axioms of a metric."""

import numpy as np
import pytest
from drift_cases import counts, reference_case
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from dbt_model_risk.drift.distances import hellinger, js_distance, l_infinity, total_variation

DISTANCES = [js_distance, hellinger, total_variation, l_infinity]
EXPECTED = {
    "js_distance_base2": js_distance,
    "hellinger": hellinger,
    "total_variation": total_variation,
    "l_infinity": l_infinity,
}


def pair(case, name):
    inputs = case["inputs"]
    bins = inputs[name] if name in inputs else inputs["categorical"][name]
    return [list(bins[side].values()) if isinstance(bins[side], dict) else bins[side] for side in ("ref", "cur")]


@pytest.mark.parametrize("name", ["new_category", "total_change", "counts_abcde"])
def test_the_reference_cases(name):
    case = reference_case("drift_distances")
    for key, distance in EXPECTED.items():
        assert distance(*pair(case, name)) == pytest.approx(case["expected"][name][key], abs=1e-12)


def test_nannyml_prints_two_digits():
    """L-infinity in NannyML's unit tests: 0.14 with a new category, 0.67 after a total change."""
    assert l_infinity([2, 2, 2, 0], [2, 2, 2, 1]) == pytest.approx(0.14, abs=0.005)
    assert l_infinity([2, 2, 2], [0, 5, 0]) == pytest.approx(0.67, abs=0.005)


@given(counts, counts)
def test_jensen_shannon_is_scipys(reference, current):
    # scipy takes the root of a rounding error where the two are the same
    assert js_distance(reference, current) ** 2 == pytest.approx(
        jensenshannon(reference, current, base=2) ** 2, abs=1e-12, nan_ok=np.array_equal(reference, current)
    )


@pytest.mark.parametrize("distance", DISTANCES)
@given(counts, counts, counts, st.permutations(range(6)), st.integers(2, 9))
def test_it_is_a_metric_of_shares(distance, a, b, c, order, scale):
    value = distance(a, b)
    assert distance(a, a) == 0
    assert 0 <= value <= 1
    assert distance(b, a) == pytest.approx(value, abs=1e-12)
    assert value <= distance(a, c) + distance(c, b) + 1e-9
    assert distance(np.take(a, order), np.take(b, order)) == pytest.approx(value, abs=1e-9)
    assert distance(np.multiply(a, scale), b) == pytest.approx(value, abs=1e-7)
    assert distance([*a, 0], [*b, 0]) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("distance", [js_distance, hellinger, total_variation])
@given(counts, counts)
def test_disjoint_is_one(distance, a, b):
    assert distance([*a, *np.zeros(6)], [*np.zeros(6), *b]) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("distance", [js_distance, hellinger, total_variation])
@given(counts, counts)
def test_merging_bins_never_adds_distance(distance, a, b):
    merged = [np.reshape(x, (3, 2)).sum(1) for x in (a, b)]
    assert distance(*merged) <= distance(a, b) + 1e-9


@pytest.mark.parametrize("distance", DISTANCES)
def test_an_empty_sample_has_none(distance):
    assert np.isnan(distance([0, 0], [1, 2]))
