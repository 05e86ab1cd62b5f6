"""The population stability index against printed examples and its own laws."""

import numpy as np
import pytest
from drift_cases import continuous_case, counts, on_cells, reference_case
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.drift.stability_index import SHARE_FLOOR, psi, psi_contributions, psi_critical_value


def test_the_three_bin_example():
    """Expected .40/.30/.30 against .35/.25/.40, as printed on GeeksforGeeks; total checked with psi-inference 0.1.0."""
    case = reference_case("psi_iv_basic")
    bins = case["inputs"]["psi3"]
    assert psi(bins["expected"], bins["actual"]) == pytest.approx(case["expected"]["psi3"], abs=1e-12)


def test_deciles_of_the_reference():
    case = reference_case("psi_quantile_bins")
    reference, current = continuous_case()
    edges = np.quantile(reference, np.arange(1, 10) / 10)
    before, after = on_cells(reference, edges)["counts"], on_cells(current, edges)["counts"]
    assert before.tolist() == case["expected"]["ref_counts"]
    assert after.tolist() == case["expected"]["cur_counts"]
    assert psi(before, after) == pytest.approx(case["expected"]["psi"], abs=1e-12)


def test_the_critical_value_of_yurdakul_and_naranjo():
    case = reference_case("psi_iv_basic")
    inputs = case["inputs"]["crit"]
    shape = np.ones(inputs["bins"]) / inputs["bins"]
    critical = psi_critical_value(inputs["n"] * shape, inputs["m"] * shape, significance=inputs["alpha"])
    assert critical == pytest.approx(case["expected"]["psi_critical"], abs=1e-12)


def test_the_critical_value_is_exceeded_as_often_as_it_says():
    rng = np.random.default_rng(7)
    shape = np.array([0.1, 0.2, 0.3, 0.4])
    reference, current = rng.multinomial(4000, shape, 4000), rng.multinomial(1000, shape, 4000)
    alarms = (psi(reference, current) > psi_critical_value(reference, current)).sum()
    assert stats.binomtest(int(alarms), 4000, 0.05).pvalue > 0.001


def test_bins_empty_in_both_are_not_counted():
    assert psi_critical_value([5, 5, 0], [5, 5, 0]) == psi_critical_value([5, 5], [5, 5])
    assert np.isnan(psi_critical_value([5, 0], [5, 0]))
    assert np.isnan(psi([5, 5], [0, 0]))


@given(counts)
def test_identity_is_zero(reference):
    assert psi(reference, reference) == 0


@given(counts, counts, st.permutations(range(6)), st.integers(2, 9))
def test_symmetry_order_and_scale(reference, current, order, scale):
    value = psi(reference, current)
    assert value >= 0
    assert psi(current, reference) == pytest.approx(value, abs=1e-12)
    assert psi(np.take(reference, order), np.take(current, order)) == pytest.approx(value, abs=1e-12)
    assert psi(np.multiply(reference, scale), current) == pytest.approx(value, abs=1e-12)
    assert psi_contributions(reference, current).sum() == pytest.approx(value, abs=1e-12)


@given(counts, counts)
def test_many_histograms_are_each_alone(reference, current):
    both = psi([reference, current], [current, current])
    assert both[0] == psi(reference, current) and both[1] == 0


def test_disjoint_samples_reach_the_maximum():
    """Two bins, each empty on one side: twice (1 - floor) ln(1 / floor)."""
    assert psi([9, 0], [0, 5]) == pytest.approx(2 * (1 - SHARE_FLOOR) * np.log(1 / SHARE_FLOOR), abs=1e-12)


@pytest.mark.parametrize(
    ("reference", "current", "message"),
    [([1, 2], [1], "shape"), ([1, -2], [1, 1], "negative"), ([1], [np.nan], "finite")],
)
def test_counts_that_are_none_are_refused(reference, current, message):
    with pytest.raises(ValueError, match=message):
        psi(reference, current)
