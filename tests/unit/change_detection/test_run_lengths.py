"""How often the detectors alarm for nothing: published figures, other methods, and the seed."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from dbt_model_risk.change_detection.adwin import adwin
from dbt_model_risk.change_detection.cusum import tabular_cusum
from dbt_model_risk.change_detection.ewma import ewma_chart
from dbt_model_risk.change_detection.page_hinkley import page_hinkley
from dbt_model_risk.change_detection.run_lengths import cusum_run_length, ewma_run_length

ROOT = Path(__file__).parents[3]
SETTINGS = list(csv.DictReader((ROOT / "seeds" / "policies" / "change_detectors.csv").open(newline="")))
APPLIED = [setting for setting in SETTINGS if setting["is_applied"] == "true"]
BASELINE_DAYS = 181


def parameters_of(setting):
    pairs = dict(pair.split("=") for pair in setting["parameters"].split())
    return {name: int(number) if number.isdigit() else float(number) for name, number in pairs.items()}


def alarms(setting, baseline, days):
    """Alarms after the baseline, on values standardised with it."""
    everything = (np.vstack([baseline, days]) - baseline.mean(axis=0)) / baseline.std(axis=0, ddof=1)
    parameters = parameters_of(setting)
    if setting["detector"] == "cusum":
        return tabular_cusum(everything[len(baseline) :], target=0, **parameters).alarm
    if setting["detector"] == "ewma":
        return ewma_chart(everything[len(baseline) :], target=0, deviation=1, **parameters).alarm
    test = {"page_hinkley": page_hinkley, "adwin": adwin}[setting["detector"]]
    return test(everything, **parameters)[0][len(baseline) :]


@pytest.mark.parametrize(("limit", "shift", "published"), [(4, 0, 167.7), (5, 0, 465.4), (4, 1, 8.38), (5, 1, 10.38)])
def test_run_lengths_of_the_cusum_are_those_of_the_r_package_spc(limit, shift, published):
    assert cusum_run_length(0.5, limit, shift=shift) == pytest.approx(published, rel=1e-3)


@pytest.mark.parametrize(("width", "published"), [(2.7, 369), (2.814, 500)])
def test_run_lengths_of_the_ewma_chart_are_those_of_the_r_package_spc(width, published):
    assert ewma_run_length(0.1, width, is_time_varying=False) == pytest.approx(published, rel=2e-3)


def test_an_ewma_chart_without_memory_is_a_shewhart_chart():
    for is_time_varying in (True, False):
        assert ewma_run_length(1, 3, is_time_varying=is_time_varying) == pytest.approx(0.5 / norm.sf(3))


def brook_and_evans(allowance, limit, states=400):
    """The same run length from a Markov chain of the sum in steps: Brook and Evans (1972), Biometrika 59, 539-549."""
    width = 2 * limit / (2 * states - 1)
    levels = np.arange(states) * width
    upper = norm.cdf(levels - levels[:, None] + allowance + width / 2)
    chain = np.column_stack([upper[:, 0], np.diff(upper, axis=1)])
    return np.linalg.solve(np.eye(states) - chain, np.ones(states))[0] / 2


@pytest.mark.parametrize("limit", [4, 5, 8, 12])
def test_the_integral_equation_agrees_with_a_markov_chain_and_with_siegmund(limit):
    length = cusum_run_length(0.5, limit)
    assert length == pytest.approx(brook_and_evans(0.5, limit), rel=0.01)
    # Siegmund (1985), Sequential Analysis, as in Montgomery, equation 9.6: good to a few percent.
    beyond = limit + 1.166
    assert length == pytest.approx((np.exp(beyond) - beyond - 1) / (2 * 0.25) / 2, rel=0.04)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting["setting_id"])
def test_the_seed_states_the_run_length_of_known_parameters(setting):
    parameters = parameters_of(setting)
    if setting["detector"] == "cusum":
        assert float(setting["arl0"]) == pytest.approx(cusum_run_length(*parameters.values()), rel=1e-3)
    elif setting["detector"] == "ewma":
        assert float(setting["arl0"]) == pytest.approx(ewma_run_length(*parameters.values()), rel=1e-3)
    else:
        assert not setting["arl0"]


def test_the_charts_alarm_as_often_as_their_run_length_says():
    days = np.random.default_rng(11).normal(size=(2000, 300))
    for name in ("cusum_k05_h5", "ewma_w01_l2814"):
        setting = next(setting for setting in SETTINGS if setting["setting_id"] == name)
        parameters = parameters_of(setting)
        if setting["detector"] == "cusum":
            found = tabular_cusum(days, target=0, **parameters).alarm
        else:
            found = ewma_chart(days, target=0, deviation=1, **parameters).alarm
        first = np.where(found.any(axis=0), np.argmax(found != 0, axis=0) + 1, len(days))
        # Run lengths are nearly exponential: alarms over days at risk estimate one over the mean.
        alarmed = np.count_nonzero(found.any(axis=0))
        estimate = first.sum() / alarmed
        assert abs(estimate - float(setting["arl0"])) < 3 * estimate / np.sqrt(alarmed)


@pytest.mark.parametrize("setting", APPLIED, ids=lambda setting: setting["setting_id"])
def test_the_seed_states_the_run_length_of_an_estimated_baseline(setting):
    series = 60 if setting["detector"] == "adwin" else 2000
    rng = np.random.default_rng(12)
    baseline, days = rng.normal(size=(BASELINE_DAYS, series)), rng.normal(size=(1825, series))
    expected = days.size / float(setting["arl0_estimated"])
    found = np.count_nonzero(alarms(setting, baseline, days))
    assert abs(found - expected) <= 3 * np.sqrt(max(expected, 1))


def test_a_year_without_drift_raises_no_more_than_the_stated_number_of_alarms(record_property):
    """Twenty series, one fixed year, every applied setting; and two hundred such banks, on average."""
    stated = sum(20 * 365 / float(setting["arl0_estimated"]) for setting in APPLIED)
    rng = np.random.default_rng(2025)
    baseline, days = rng.normal(size=(BASELINE_DAYS, 4000)), rng.normal(size=(365, 4000))
    one_year = sum(np.count_nonzero(alarms(setting, baseline[:, :20], days[:, :20])) for setting in APPLIED)
    assert one_year <= stated
    many = [setting for setting in APPLIED if setting["detector"] != "adwin"]
    expected = 200 * sum(20 * 365 / float(setting["arl0_estimated"]) for setting in many)
    found = sum(np.count_nonzero(alarms(setting, baseline, days)) for setting in many)
    assert found <= expected + 3 * np.sqrt(expected)
    record_property(
        "summary",
        f"false alarms in a year of 20 series: {one_year} (stated {stated:.2f}); "
        f"in 200 such years without adwin: {found} (stated {expected:.0f})",
    )
