"""Kolmogorov-Smirnov and Wasserstein from cells against scipy on the raw samples."""

import numpy as np
import pytest
from drift_cases import continuous_case, edges, on_cells, reference_case, values
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.drift.cells import mass_inside
from dbt_model_risk.drift.kolmogorov_smirnov import ks_distance, ks_p_value
from dbt_model_risk.drift.wasserstein import wasserstein_distance


def both_distances(reference, current, cuts):
    """(ks, its bound, wasserstein, its bound) of raw samples that only cells are kept of."""
    upper, lower = np.array([*cuts, np.nan]), np.array([np.nan, *cuts])
    samples = [on_cells(xs, cuts) for xs in (reference, current)]
    counts = [sample["counts"] for sample in samples]
    inside = [
        mass_inside(
            sample["counts"],
            upper_edges=upper,
            value_sum=sample["value_sum"],
            lower_tail_sum=sample["tails"][0],
            upper_tail_sum=sample["tails"][1],
        )
        for sample in samples
    ]
    within = {"reference_inside": inside[0], "current_inside": inside[1]}
    tails = {"reference_tails": samples[0]["tails"], "current_tails": samples[1]["tails"]}
    ks = ks_distance(*counts, **within)
    return [*ks, *wasserstein_distance(*counts, lower_edges=lower, upper_edges=upper, **within, **tails)]


def test_the_reference_case_with_a_cell_for_every_value():
    case = reference_case("drift_distances")["expected"]["continuous"]
    reference, current = continuous_case()
    ks, ks_bound, distance, bound = both_distances(reference, current, np.unique([*reference, *current]))
    assert ks == pytest.approx(case["ks"], abs=1e-12) and ks_bound == 0
    assert distance == pytest.approx(case["wasserstein"], abs=1e-9) and bound == pytest.approx(0, abs=1e-9)
    assert distance / reference.std() == pytest.approx(case["wasserstein_over_ref_sd_pop"], abs=1e-9)
    p_value = ks_p_value(ks, reference_size=len(reference), current_size=len(current))
    assert p_value == pytest.approx(case["ks_p_asymp"], abs=1e-6)


@pytest.mark.parametrize("shift", [0.0, 0.1, 1.0])
def test_large_samples_on_thirty_cells(shift):
    """Deciles joined with twenty equal steps, as baselines are: KS within 0.005, Wasserstein within 3 % or 0.003 sd."""
    rng = np.random.default_rng(11)
    reference, current = rng.gamma(2, 1, 20_000), rng.gamma(2 + shift, 1, 20_000)
    steps = np.linspace(*np.quantile(reference, [0.001, 0.999]), 20)
    deciles = np.quantile(reference, np.arange(1, 10) / 10)
    ks, _, distance, _ = both_distances(
        reference, current, np.unique([reference.min(), *steps, *deciles, reference.max()])
    )
    assert ks == pytest.approx(stats.ks_2samp(reference, current, method="asymp").statistic, abs=0.005)
    exact = stats.wasserstein_distance(reference, current)
    assert distance == pytest.approx(exact, rel=0.03, abs=0.003 * reference.std())


@given(values, values, edges)
def test_the_bounds_hold_for_the_samples_themselves(reference, current, cuts):
    ks, ks_bound, distance, bound = both_distances(reference, current, cuts)
    exact = stats.ks_2samp(reference, current, method="asymp").statistic
    assert ks - 1e-9 <= exact <= ks + ks_bound + 1e-9
    assert abs(stats.wasserstein_distance(reference, current) - distance) <= bound + 1e-9


@given(values, values)
def test_a_cell_for_every_value_is_exact(reference, current):
    ks, ks_bound, distance, bound = both_distances(reference, current, np.unique([*reference, *current]))
    assert (
        ks == pytest.approx(stats.ks_2samp(reference, current, method="asymp").statistic, abs=1e-12) and ks_bound == 0
    )
    assert distance == pytest.approx(stats.wasserstein_distance(reference, current), abs=1e-9)
    assert bound == pytest.approx(0, abs=1e-12)


@given(values, values)
def test_one_tail_alone_is_exact(reference, current):
    """Values beyond the frozen range are no error when the reference has none there."""
    cuts = np.unique(reference)
    current = np.array([*current, cuts[-1] + 100])
    current = np.concatenate([current[(current < cuts[0]) | (current > cuts[-1])], cuts[:1]])
    _, _, distance, bound = both_distances(reference, current, cuts)
    assert distance == pytest.approx(stats.wasserstein_distance(reference, current), rel=1e-9)
    assert bound == pytest.approx(0, abs=1e-9)


@given(values, edges)
def test_identity_is_zero(xs, cuts):
    ks, _, distance, _ = both_distances(xs, xs, cuts)
    assert ks == 0 and distance == 0


@given(values, values, edges, st.randoms())
def test_symmetry_and_order(reference, current, cuts, random):
    straight = both_distances(reference, current, cuts)
    shuffled = random.sample(reference, len(reference))
    np.testing.assert_allclose(both_distances(current, reference, cuts), straight, atol=1e-9)
    np.testing.assert_allclose(both_distances(shuffled, current, cuts), straight, atol=1e-9)
    np.testing.assert_allclose(both_distances(reference * 3, current, cuts), straight, atol=1e-9)


@given(values, values)
def test_disjoint_is_one(reference, current):
    ks, *_ = both_distances(reference, np.add(current, 50), [20])
    assert ks == 1


def test_padding_and_an_empty_sample():
    inside = np.array([[True, True, True]])
    with np.errstate(all="raise"):
        ks, bound = ks_distance([[2, 2, 0]], [[0, 0, 0]], reference_inside=inside, current_inside=inside)
    assert np.isnan(ks).all() and np.isnan(bound).all()


@given(st.floats(0.001, 0.999), st.integers(50, 5000), st.integers(50, 5000))
def test_the_p_value_is_scipys(distance, n, m):
    """scipy's ks_2samp(method='asymp') is kstwo at the rounded n m / (n + m)."""
    expected = stats.kstwo.sf(distance, np.round(n * m / (n + m)))
    assert ks_p_value(distance, reference_size=n, current_size=m) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("size", [200, 1000, 30000])
@pytest.mark.parametrize("z", [0.5, 0.8, 1.0, 1.36, 1.63, 2.0])
def test_the_p_value_of_common_sizes(z, size):
    distance = z / np.sqrt(size / 2)
    expected = stats.kstwo.sf(distance, size / 2)
    assert ks_p_value(distance, reference_size=size, current_size=size) == pytest.approx(expected, abs=1e-5)


def test_smirnovs_table():
    """Smirnov (1948): the limit exceeds 1.3581 and 1.6276 with probability 0.05 and 0.01."""
    for z, probability in ((1.3581, 0.05), (1.6276, 0.01)):
        p_value = ks_p_value(z / np.sqrt(5e9), reference_size=1e10, current_size=1e10)
        assert p_value == pytest.approx(probability, abs=2e-5)


def test_the_p_value_at_the_ends():
    assert ks_p_value(0, reference_size=100, current_size=100) == 1
    assert ks_p_value(1, reference_size=100, current_size=100) == 0
    assert np.isnan(ks_p_value(np.nan, reference_size=0, current_size=100))
