"""Spiegelhalter's z against the reference case, and its bound against unbinned scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from score_cases import in_bins, reference_case, reference_rows, sample, stacked

from dbt_model_risk.calibration.spiegelhalter import spiegelhalter_z


def z_of(bins, starts=(0,)):
    """z and its bound, from a frame of bins."""
    columns = ["event_count", "score_sum", "score_square_sum", "score_outcome_sum"]
    width = np.where(bins["is_exact"], 0, 1 / bins["score_resolution"])
    sums = {name: bins[name].to_numpy() for name in columns}
    return spiegelhalter_z(bins["case_count"].to_numpy(), **sums, bin_width=width, starts=np.asarray(starts))


def test_the_prob_200_case():
    """R's rms, val.prob."""
    expected, rows = reference_case("prob_200")["expected"]["calibration"], reference_rows("prob_200")
    z, bound = z_of(in_bins(rows["p"], rows["y"]))
    assert z[0] == pytest.approx(expected["spiegelhalter_z"], abs=1e-6)
    assert 2 * stats.norm.sf(z[0]) == pytest.approx(expected["spiegelhalter_p_two_sided"], abs=1e-6)
    assert bound[0] == 0


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), resolution=st.integers(2, 200), decimals=st.sampled_from([2, 16]))
def test_the_bound_holds_the_unbinned_statistic(seed, resolution, decimals):
    score, outcome = sample(seed, 80, decimals=decimals)
    exact, _ = z_of(in_bins(score, outcome))
    terms = (outcome - score) * (1 - 2 * score), (1 - 2 * score) ** 2 * score * (1 - score)
    assert exact[0] == pytest.approx(terms[0].sum() / np.sqrt(terms[1].sum()), abs=1e-9)
    z, bound = z_of(in_bins(score, outcome, resolution=resolution))
    assert np.isnan(bound[0]) or abs(z[0] - exact[0]) <= bound[0] + 1e-9


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_swapping_events_and_nonevents_changes_nothing(seed):
    score, outcome = sample(seed, 60)
    (z, _), (mirrored, _) = z_of(in_bins(score, outcome)), z_of(in_bins(1 - score, 1 - outcome))
    assert mirrored[0] == pytest.approx(z[0], abs=1e-9)


def test_cohorts_are_apart_and_certain_scores_have_no_variance():
    one, other = in_bins(*sample(5, 50)), in_bins([0, 0, 1, 0.5], [0, 0, 1, 1])
    bins, starts = stacked(one, other)
    z, _ = z_of(bins, starts)
    assert z[0] == pytest.approx(z_of(one)[0][0], abs=1e-12)
    assert np.isnan(z[1])
