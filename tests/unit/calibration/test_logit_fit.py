"""Logistic recalibration against the reference case, scikit-learn and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special
from score_cases import in_bins, reference_case, reference_rows, sample, stacked
from sklearn.linear_model import LogisticRegression

from dbt_model_risk.calibration.logit_fit import fit_logit, logit_of

ONE = np.array([0])


def fit(score, outcome, **options):
    """The fit of one cohort of single cases, as plain numbers."""
    found = fit_logit(logit_of(np.asarray(score)), np.ones(len(score)), np.asarray(outcome), starts=ONE, **options)
    return {name: values.item() for name, values in vars(found).items()}


def test_the_prob_200_case():
    """R's glm and rms: the joint intercept is not calibration in the large."""
    expected, rows = reference_case("prob_200")["expected"]["calibration"], reference_rows("prob_200")
    line, offset = fit(rows["p"], rows["y"]), fit(rows["p"], rows["y"], slope=1.0)
    assert line["slope"] == pytest.approx(expected["calibration_slope"], abs=1e-6)
    assert line["intercept"] == pytest.approx(expected["calibration_intercept_joint"], abs=1e-6)
    assert offset["intercept"] == pytest.approx(expected["calibration_in_the_large_offset"], abs=1e-6)
    assert offset["slope"] == 1


@pytest.mark.parametrize("tilt", [-0.5, 0.3, 1, 2.5])
def test_it_is_scikit_learns_and_the_errors_are_those_of_the_information(tilt):
    score, outcome = sample(3, 500, tilt=tilt)
    x = logit_of(score)
    oracle = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000).fit(x[:, None], outcome)
    found = fit(score, outcome)
    assert found["slope"] == pytest.approx(oracle.coef_.item(), abs=1e-6)
    assert found["intercept"] == pytest.approx(oracle.intercept_.item(), abs=1e-6)
    mean = special.expit(found["intercept"] + found["slope"] * x)
    design = np.stack([np.ones_like(x), x])
    covariance = np.linalg.inv((design * mean * (1 - mean)) @ design.T)
    assert found["slope_error"] == pytest.approx(np.sqrt(covariance[1, 1]), rel=1e-8)


@pytest.mark.parametrize("shift", [-6, 0, 3])
def test_the_offset_solves_the_score_equation(shift):
    score, outcome = sample(4, 200)
    x = logit_of(score) + shift
    found = fit(special.expit(x), outcome, slope=1.0)
    root = optimize.brentq(lambda a: special.expit(a + x).sum() - outcome.sum(), -20, 20, xtol=1e-13)
    mean = special.expit(root + x)
    assert found["intercept"] == pytest.approx(root, abs=1e-8)
    assert found["intercept_error"] == pytest.approx((mean * (1 - mean)).sum() ** -0.5, rel=1e-7)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), resolution=st.sampled_from([5, 20, 100]))
def test_cohorts_do_not_disturb_each_other(seed, resolution):
    parts = [in_bins(*sample(seed + k, 40 + 60 * k), resolution=resolution) for k in range(3)]
    bins, starts = stacked(*parts)

    def arguments(frame):
        return logit_of(frame["score_sum"] / frame["case_count"]), frame["case_count"], frame["event_count"]

    for options in ({}, {"slope": 1.0}):
        together = fit_logit(*map(np.asarray, arguments(bins)), starts=starts, **options)
        for k, part in enumerate(parts):
            alone = fit_logit(*map(np.asarray, arguments(part)), starts=ONE, **options)
            np.testing.assert_allclose(together.intercept[k], alone.intercept[0], rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(together.slope[k], alone.slope[0], rtol=1e-9, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), shift=st.floats(-30, 30), stretch=st.floats(0.05, 20))
def test_any_start_ends_where_the_gradient_is_zero(seed, shift, stretch):
    score, outcome = sample(seed, 60)
    x = np.clip(shift + stretch * logit_of(score), -34, 34)
    found = fit_logit(x, np.ones(60), outcome, starts=ONE)
    residual = outcome - special.expit(found.intercept + found.slope * x)
    if np.isfinite(found.slope[0]):
        assert residual.sum() == pytest.approx(0, abs=1e-6)
        assert (residual * x).sum() == pytest.approx(0, abs=1e-5 * (1 + np.abs(x).max()))
    else:
        highest, lowest = (side(x[outcome == y]) for side, y in ((max, 0), (min, 1)))
        assert highest <= lowest or max(x[outcome == 1]) <= min(x[outcome == 0])


def test_a_calibrated_bin_needs_no_correction():
    found = fit([0.25] * 4 + [0.5] * 4, [1, 0, 0, 0, 1, 1, 0, 0])
    assert [found["intercept"], found["slope"]] == pytest.approx([0, 1], abs=1e-9)


@pytest.mark.parametrize(
    ("score", "outcome", "offset_is_known"),
    [
        ([0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1], True),
        ([0.1, 0.2, 0.3, 0.4], [1, 1, 0, 0], True),
        ([0.1, 0.2, 0.2, 0.4], [0, 0, 1, 1], True),
        ([0.3, 0.3, 0.3], [0, 1, 0], True),
        ([0.1, 0.2, 0.3], [0, 0, 0], False),
        ([0.1, 0.2, 0.3], [1, 1, 1], False),
        ([0.5], [1], False),
    ],
)
def test_without_a_finite_maximum_there_is_no_fit(score, outcome, offset_is_known):
    assert np.isnan(fit(score, outcome)["slope"])
    assert np.isfinite(fit(score, outcome, slope=1.0)["intercept"]) == offset_is_known


def test_certain_scores_stay_finite():
    found = fit([0, 1, 0, 1, 0.5], [0, 1, 1, 0, 1])
    assert np.isfinite([found["intercept"], found["slope"], found["slope_error"]]).all()


def test_bins_of_a_ten_thousandth_lose_a_tenth_of_a_standard_error_at_most():
    rng = np.random.default_rng(8)
    score = special.expit(rng.normal(-6, 1.5, 20_000))
    outcome = (rng.uniform(size=20_000) < score).astype(int)
    bins = in_bins(score, outcome, resolution=10_000)
    x, n, d = (np.asarray(v) for v in (bins["score_sum"] / bins["case_count"], bins["case_count"], bins["event_count"]))
    exact, binned = fit(score, outcome), fit_logit(logit_of(x), n, d, starts=ONE)
    assert binned.slope[0] == pytest.approx(exact["slope"], abs=exact["slope_error"] / 10)
