"""The H-measure against the reference case, an integral by quadrature, and its limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from score_cases import in_bins, reference_case, reference_rows, sample, stacked

from dbt_model_risk.discrimination.h_measure import best_order, h_measure

ONE = np.array([0])


def h_of(bins, starts=ONE):
    return h_measure(bins["case_count"].to_numpy(), bins["event_count"].to_numpy(), starts=starts)


def h_by_quadrature(score, outcome):
    """The definition: the least loss over all cuts at each cost, averaged over the costs."""
    share = outcome.mean()
    severity = share / (1 - share)
    costs = stats.beta(2, 1 + 1 / severity)
    cuts = np.append(np.unique(score), np.inf)
    alarms = np.array([(score[outcome == 0] >= cut).mean() for cut in cuts])
    misses = np.array([(score[outcome == 1] < cut).mean() for cut in cuts])

    def averaged(loss):
        grid = np.linspace(0, 1, 20_001)
        return integrate.simpson(loss(grid) * costs.pdf(grid), x=grid)

    found = averaged(lambda c: (c[:, None] * (1 - share) * alarms + (1 - c[:, None]) * share * misses).min(1))
    return 1 - found / averaged(lambda c: np.minimum(c * (1 - share), (1 - c) * share))


def test_the_prob_200_case():
    """The Python package hmeasure."""
    expected, rows = reference_case("prob_200")["expected"]["discrimination"], reference_rows("prob_200")
    assert h_of(in_bins(rows["p"], rows["y"]))[0] == pytest.approx(expected["h_measure"], abs=1e-9)


@pytest.mark.parametrize("tilt", [-1, 0.2, 1, 3])
def test_it_is_the_averaged_least_loss(tilt):
    score, outcome = sample(12, 150, decimals=2, tilt=tilt)
    assert h_of(in_bins(score, outcome))[0] == pytest.approx(h_by_quadrature(score, outcome), abs=2e-6)


def test_perfect_chance_and_one_class():
    perfect, constant = in_bins([0.1, 0.2, 0.3], [0, 1, 1]), in_bins([0.5] * 4, [0, 1, 1, 0])
    upside_down, one_class = in_bins([0.1, 0.2, 0.3], [1, 1, 0]), in_bins([0.1, 0.2], [0, 0])
    bins, starts = stacked(perfect, constant, upside_down, one_class)
    np.testing.assert_allclose(h_of(bins, starts), [1, 0, 0, np.nan], atol=1e-15)
    assert h_of(bins[:0], np.array([], int)).tolist() == []


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), resolution=st.integers(1, 40))
def test_cohorts_do_not_disturb_each_other_and_the_best_order_is_the_bound(seed, resolution):
    samples = [sample(seed + k, 50 + 30 * k) for k in range(3)]
    exact, exact_starts = stacked(*(in_bins(*one) for one in samples))
    binned, starts = stacked(*(in_bins(*one, resolution=resolution) for one in samples))
    found, finest = h_of(binned, starts), h_of(exact, exact_starts)
    most_cases, most_events, most_starts = best_order(
        binned["case_count"].to_numpy(), binned["event_count"].to_numpy(), starts=starts
    )
    most = h_measure(most_cases, most_events, starts=most_starts)
    assert (found <= finest + 1e-12).all() and (finest <= most + 1e-12).all()
    for k, one in enumerate(samples):
        assert found[k] == pytest.approx(h_of(in_bins(*one, resolution=resolution))[0], abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_only_the_order_of_scores_counts(seed):
    score, outcome = sample(seed, 80)
    assert h_of(in_bins(score**3, outcome))[0] == pytest.approx(h_of(in_bins(score, outcome))[0], abs=1e-12)


def test_the_best_order_of_one_bin_ranks_its_events_first():
    cases, events, starts = best_order(np.array([3, 2, 4]), np.array([1, 0, 4]), starts=np.array([0, 1]))
    assert (cases.tolist(), events.tolist(), starts.tolist()) == ([2, 1, 2, 4], [0, 1, 0, 4], [0, 2])
