"""Expected errors of forecasts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_model_risk.estimated_performance.calibrator import fit_isotonic, fit_steps
from dbt_model_risk.estimated_performance.regression import regression_estimates

errors = st.lists(st.tuples(st.integers(0, 9), st.floats(-5, 5)), min_size=2, max_size=40)


@given(errors)
def test_a_window_equal_to_the_reference_has_its_errors(rows):
    width, error = np.array(rows).T
    n = np.ones(len(rows))
    for fit in (fit_isotonic, lambda *counts: fit_steps(*counts, groups=3)):
        absolute, square = (fit(width, loss, n)(width) for loss in (np.abs(error), error**2))
        found = regression_estimates(absolute, square, n)
        assert found["mae"]["value"] == pytest.approx(np.abs(error).mean(), abs=1e-9)
        assert found["rmse"]["value"] == pytest.approx(np.sqrt((error**2).mean()), abs=1e-9)


def test_wider_intervals_raise_the_estimate():
    curve = fit_isotonic(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 60.0]), np.full(3, 100.0))
    narrow, wide = (regression_estimates(*([curve(np.full(1, w))] * 2), np.array([50.0])) for w in (1.0, 3.0))
    assert narrow["mae"]["value"] == pytest.approx(0.1)
    assert wide["mae"]["value"] == pytest.approx(0.6)


def test_normal_errors_fall_into_the_interval():
    """95 % of the time; 4 standard errors of 2,000 windows below that is 93 %."""
    rng = np.random.default_rng(3)
    deviation = rng.uniform(0.5, 2.0, 400)
    found = regression_estimates(deviation * np.sqrt(2 / np.pi), deviation**2, np.ones(400))
    drawn = rng.normal(size=(2000, 400)) * deviation
    for metric, realised in {
        "mae": np.abs(drawn).mean(axis=1),
        "rmse": np.sqrt((drawn**2).mean(axis=1)),
    }.items():
        held = (found[metric]["ci_low"] <= realised) & (realised <= found[metric]["ci_high"])
        assert held.mean() == pytest.approx(0.95, abs=0.02)


def test_no_forecasts_have_no_error():
    assert np.isnan(regression_estimates(np.zeros(0), np.zeros(0), np.zeros(0))["mae"]["value"])
