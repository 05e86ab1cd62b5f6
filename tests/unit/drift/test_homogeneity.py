"""Chi-square of two samples against scipy and the reference cases."""

import numpy as np
import pytest
from drift_cases import counts, reference_case
from hypothesis import given
from scipy import stats
from test_distances import pair

from dbt_model_risk.drift.homogeneity import chi_square_homogeneity


@pytest.mark.parametrize("name", ["new_category", "total_change", "counts_abcde"])
def test_the_reference_cases(name):
    case = reference_case("drift_distances")
    expected = case["expected"][name]
    statistic, p_value, cramers_v = chi_square_homogeneity(*pair(case, name))
    assert statistic == pytest.approx(expected["chi2"], abs=1e-10)
    assert p_value == pytest.approx(expected["chi2_p"], abs=1e-12)
    assert cramers_v == pytest.approx(expected["cramers_v"], abs=1e-12)


@given(counts, counts)
def test_it_is_scipys(reference, current):
    table = np.array([reference, current])
    table = table[:, table.sum(0) > 0]
    oracle = stats.chi2_contingency(table, correction=False)
    statistic, p_value, _ = chi_square_homogeneity(reference, current)
    assert statistic == pytest.approx(oracle.statistic, rel=1e-9, abs=1e-9)
    assert p_value == pytest.approx(oracle.pvalue, rel=1e-6, abs=1e-12)


@given(counts)
def test_identity_is_zero_and_certain(reference):
    assert [float(x) for x in chi_square_homogeneity(reference, reference)] == [0, 1, 0]


@given(counts, counts)
def test_disjoint_is_the_maximum(a, b):
    _, _, cramers_v = chi_square_homogeneity([*a, *np.zeros(6)], [*np.zeros(6), *b])
    assert cramers_v == pytest.approx(1, abs=1e-12)


@given(counts, counts)
def test_it_is_symmetric(a, b):
    np.testing.assert_allclose(chi_square_homogeneity(a, b), chi_square_homogeneity(b, a), rtol=1e-9, atol=1e-12)


def test_an_empty_sample_has_none():
    assert np.isnan(chi_square_homogeneity([0, 0], [1, 2])).all()
