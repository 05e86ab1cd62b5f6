"""The parts of the Brier score against the reference case, and their identity."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from score_cases import in_bins, reference_case, reference_rows, sample
from sklearn.metrics import brier_score_loss

from dbt_model_risk.calibration.brier import brier_parts, skill

SUMS = ["event_count", "score_sum", "score_square_sum", "score_outcome_sum"]


def parts_of(bins):
    return brier_parts(bins["case_count"].to_numpy(), **{name: bins[name].to_numpy() for name in SUMS})


def whole(parts):
    return parts.reliability - parts.resolution + parts.uncertainty + parts.within_variance - parts.within_covariance


def test_the_prob_200_case():
    """Groups of equal forecasts, as Murphy has them: nothing varies within."""
    expected, rows = reference_case("prob_200")["expected"]["calibration"], reference_rows("prob_200")
    parts = parts_of(in_bins(rows["p"], rows["y"]))
    assert parts.reliability == pytest.approx(expected["brier_reliability"], abs=1e-9)
    assert parts.resolution == pytest.approx(expected["brier_resolution"], abs=1e-9)
    assert parts.uncertainty == pytest.approx(expected["brier_uncertainty"], abs=1e-9)
    assert [parts.within_variance, parts.within_covariance] == pytest.approx([0, 0], abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), resolution=st.integers(1, 50))
def test_the_parts_add_up_on_any_groups(seed, resolution):
    score, outcome = sample(seed, 120)
    parts = parts_of(in_bins(score, outcome, resolution=resolution))
    assert whole(parts) == pytest.approx(brier_score_loss(outcome, score), abs=1e-12)
    assert min(parts.reliability, parts.resolution, parts.within_variance) >= 0


def test_terms_within_a_group_are_stephensons():
    """Equations 8 and 9 of the paper, summed case by case."""
    score, outcome = sample(9, 200)
    group = np.floor(score * 4).astype(int)
    centred = [xs - (np.bincount(group, xs) / np.bincount(group))[group] for xs in (score, outcome)]
    parts = parts_of(in_bins(score, outcome, resolution=4))
    assert parts.within_variance == pytest.approx((centred[0] ** 2).mean(), abs=1e-12)
    assert parts.within_covariance == pytest.approx(2 * (centred[0] * centred[1]).mean(), abs=1e-12)


def test_empty_groups_add_nothing_and_no_case_gives_nothing():
    nothing = dict.fromkeys(SUMS, np.zeros((2, 3)))
    cases = np.array([[0, 4, 0], [0, 0, 0]])
    events = np.array([[0, 1, 0], [0, 0, 0]])
    parts = brier_parts(cases, **nothing | {"event_count": events, "score_sum": events * 1.0})
    assert parts.uncertainty[0] == 0.1875 and parts.reliability[0] == 0
    assert all(np.isnan(value[1]) for value in vars(parts).values())


def test_skill_is_one_for_no_loss_zero_for_the_reference_and_undefined_without_one():
    np.testing.assert_array_equal(skill(np.array([0, 0.2, 0.4, 0]), np.array([0.2, 0.2, 0.2, 0])), [1, 0, -1, np.nan])
