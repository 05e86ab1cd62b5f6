"""Satellite models: the worked example of SBA loans, and what holds for any book."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from dbt_model_risk.calibration.logit_fit import fit_logit
from dbt_model_risk.credit_stress.drivers import driver_of_path
from dbt_model_risk.credit_stress.satellite import projected_probability, stressed_loss_rate, stressed_probability

SHARES = st.floats(1e-6, 1 - 1e-6)
SHIFTS = st.floats(-10, 10)


@pytest.fixture(scope="module")
def folder(shared):
    path = shared / "data" / "fed_scenarios"
    if not path.is_dir():
        pytest.skip(f"no supervisory scenarios at {path}")
    return path


@pytest.fixture(scope="module")
def example(folder):
    """Quarterly default rates of SBA loans 2001 to 2010 on the coming change in unemployment (statsmodels)."""
    return json.loads((folder / "satellite_sba.json").read_text())


def test_the_drivers_of_the_example_come_out_of_the_paths(folder, example):
    paths = pd.read_parquet(folder / "scenario_paths.parquet")
    rate = paths.loc[(paths["vintage"] == "2025") & (paths["variable"] == "unemployment_rate")]
    historic = rate.loc[rate["scenario"] == "historic"].sort_values("quarter")
    for scenario in ("baseline", "severely_adverse"):
        path = rate.loc[rate["scenario"] == scenario].sort_values("quarter")
        changes = path["value"].to_numpy() - historic["value"].iloc[-1]
        expected = example["projection_2024Q4_cohort"][scenario]["mean_unemployment_8q_minus_2024Q4"]
        assert driver_of_path(changes, transform="mean_change", quarters=8) == pytest.approx(expected, abs=1e-12)


def test_the_projections_and_the_multiplier_of_the_example(example):
    coefficients, cohort = example["coef"], example["projection_2024Q4_cohort"]
    drivers = np.array([cohort[name]["mean_unemployment_8q_minus_2024Q4"] for name in ("baseline", "severely_adverse")])
    slope = coefficients["d_unemployment_8q"]
    rates = projected_probability(coefficients["const"], slope, drivers)
    assert rates == pytest.approx([0.11745226156483879, 0.4688738226073953], rel=1e-12)
    stressed = stressed_probability(rates[0], coefficient=slope, driver_shift=drivers[1] - drivers[0])
    assert stressed / rates[0] == pytest.approx(example["stress_multiplier"], rel=1e-12)


def test_a_refit_on_the_cohorts_gives_the_coefficients_of_the_example(folder, example):
    cohorts = pd.read_csv(folder / "satellite_sba_cohorts.csv")
    x, cases, events = (cohorts[name].to_numpy(float) for name in ("d_unemployment_8q", "loans", "defaults"))
    fit = fit_logit(x, cases, events, starts=np.array([0]))
    assert len(cohorts) == example["n_quarters"] == 38
    assert fit.intercept[0] == pytest.approx(example["coef"]["const"], abs=1e-8)
    assert fit.slope[0] == pytest.approx(example["coef"]["d_unemployment_8q"], abs=1e-8)
    assert fit.slope_error[0] == pytest.approx(example["std_err"]["d_unemployment_8q"], rel=1e-6)

    def deviance(coefficients):
        log_odds = coefficients[0] + coefficients[1] * x
        return np.sum(cases * np.logaddexp(0.0, log_odds) - events * log_odds)

    oracle = optimize.minimize(deviance, [0.0, 0.0], method="BFGS")
    assert oracle.x == pytest.approx([fit.intercept[0], fit.slope[0]], abs=1e-4)


@settings(deadline=None)
@given(SHARES, SHARES, SHIFTS)
def test_no_shift_gives_the_base(pd_base, lgd, slope):
    assert stressed_probability(pd_base, coefficient=slope, driver_shift=0.0) == pytest.approx(pd_base, rel=1e-9)
    assert stressed_loss_rate(lgd, coefficient=slope, driver_shift=0.0) == lgd


@settings(deadline=None)
@given(SHARES, st.floats(0, 2), SHIFTS, st.floats(0, 5))
def test_a_larger_shift_never_lowers_a_probability_or_a_loss(share, slope, shift, more):
    for stress in (stressed_probability, stressed_loss_rate):
        lower, higher = stress(share, coefficient=slope, driver_shift=np.array([shift, shift + more]))
        assert 0.0 <= lower <= higher <= 1.0


@settings(deadline=None)
@given(SHARES, SHIFTS, SHIFTS)
def test_two_shifts_in_a_row_are_their_sum(pd_base, first, second):
    once = stressed_probability(pd_base, coefficient=0.3, driver_shift=first + second)
    twice = stressed_probability(
        stressed_probability(pd_base, coefficient=0.3, driver_shift=first), coefficient=0.3, driver_shift=second
    )
    assert twice == pytest.approx(once, rel=1e-6)


def test_certainty_stays_certain():
    assert list(stressed_probability(np.array([0.0, 1.0]), coefficient=0.4, driver_shift=5.0)) == [0.0, 1.0]


def test_what_is_no_share_is_refused():
    with pytest.raises(ValueError, match=r"pd has to lie in \[0, 1\], not 1.2"):
        stressed_probability(np.array([0.1, 1.2]), coefficient=1.0, driver_shift=1.0)
    with pytest.raises(ValueError, match=r"lgd has to lie in \[0, 1\], not -0.1"):
        stressed_loss_rate(-0.1, coefficient=1.0, driver_shift=1.0)


def test_transforms_of_a_path():
    path = [1.0, 3.0, -1.0, 9.0]
    assert driver_of_path(path, transform="mean_change", quarters=3) == 1.0
    assert driver_of_path(path, transform="largest_change", quarters=3) == 3.0
    assert driver_of_path(path, transform="smallest_change", quarters=4) == -1.0
    assert driver_of_path([2.0], transform="mean_change", quarters=8) == 2.0


@pytest.mark.parametrize(
    ("transform", "quarters", "message"),
    [
        ("median", 2, "'median' is none of mean_change"),
        ("mean_change", 0, "at least 1, not 0"),
        ("mean_change", 8, "2 steps, fewer than the 8 quarters"),
    ],
)
def test_a_driver_that_cannot_be_read_is_refused(transform, quarters, message):
    with pytest.raises(ValueError, match=message):
        driver_of_path([1.0, 2.0], transform=transform, quarters=quarters)
