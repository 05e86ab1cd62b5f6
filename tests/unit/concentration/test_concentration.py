"""Concentration: the published case, and what must hold for any exposures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_model_risk.concentration.measures import concentration

EXPOSURES = st.lists(st.floats(-1e9, 1e9).filter(lambda x: abs(x) > 1e-3), min_size=1, max_size=40)


def test_the_reference_shares(reference_case):
    case = reference_case("concentration_hhi")
    result = concentration(np.array(case["inputs"]["shares"]))
    assert result.hhi == pytest.approx(case["expected"]["hhi"])
    assert result.dual == pytest.approx(case["expected"]["hhi_dual"])
    assert result.effective_number == pytest.approx(case["expected"]["effective_n"])
    assert result.top_1_share == pytest.approx(case["expected"]["top1_share"])
    assert result.top_5_share == pytest.approx(0.96)


@given(EXPOSURES, st.floats(0.01, 100.0), st.randoms())
def test_neither_order_nor_units_nor_sides_matter(exposures, factor, random):
    shuffled = [-factor * exposure for exposure in exposures]
    random.shuffle(shuffled)
    assert concentration(np.array(shuffled)) == pytest.approx(concentration(np.array(exposures)), abs=1e-12)


@given(EXPOSURES)
def test_the_measures_stay_within_their_bounds(exposures):
    result = concentration(np.array(exposures))
    names = len(exposures)
    assert 1.0 / names - 1e-12 <= result.hhi <= 1.0 + 1e-12
    assert -1e-9 <= result.dual <= 1.0 - 1.0 / names + 1e-9
    assert result.top_1_share <= result.top_5_share <= 1.0 + 1e-12


@pytest.mark.parametrize("names", [1, 2, 50])
def test_names_that_are_alike(names):
    result = concentration(np.full(names, 3.0))
    assert result.effective_number == pytest.approx(names)
    assert result.dual == pytest.approx(0.0, abs=1e-12)


def test_zero_is_no_name():
    assert concentration(np.array([2.0, 0.0])) == concentration(np.array([2.0]))


@pytest.mark.parametrize(("exposures", "message"), [([], "zero"), ([0.0], "zero"), ([1.0, np.nan], "finite")])
def test_exposures_that_are_none_are_refused(exposures, message):
    with pytest.raises(ValueError, match=message):
        concentration(np.array(exposures))
