"""The four detectors against published tables, and what holds for any series."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_model_risk.change_detection.adwin import adwin
from dbt_model_risk.change_detection.cusum import tabular_cusum
from dbt_model_risk.change_detection.ewma import ewma_chart
from dbt_model_risk.change_detection.page_hinkley import page_hinkley


def alarms(detector, values):
    if detector == "cusum":
        return tabular_cusum(values, target=0, allowance=0.5, limit=5).alarm
    if detector == "ewma":
        return ewma_chart(values, target=0, deviation=1, weight=0.2, width=2.8).alarm
    if detector == "page_hinkley":
        return page_hinkley(values, delta=0.5, threshold=8)[0]
    return adwin(values, delta=0.05, clock=3)[0]


DETECTORS = ["cusum", "ewma", "page_hinkley", "adwin"]
LEVELS = st.lists(st.floats(-8, 8), min_size=1, max_size=3)
FEW = settings(max_examples=20)


def noisy(seed, levels, series=3):
    """Series of 40 days on each level."""
    values = np.random.default_rng(seed).normal(size=(40 * len(levels), series))
    return values + np.repeat(levels, 40)[:, None]


def test_the_cusum_of_montgomerys_table(reference_case):
    case = reference_case("spc_cusum_ewma")
    given_, expected = case["inputs"]["cusum"], case["expected"]["cusum"]
    chart = tabular_cusum(given_["x"], target=given_["mu"], allowance=given_["K"], limit=given_["H"])
    assert chart.upper[:, 0] == pytest.approx(expected["upper"], **case["tolerance"])
    assert chart.lower[:, 0] == pytest.approx(expected["lower"], **case["tolerance"])
    assert chart.days_up[:, 0].tolist() == expected["n_plus"]
    assert chart.days_down[:, 0].tolist() == expected["n_minus"]
    assert not chart.alarm.any()


def test_the_ewma_chart_of_the_nist_handbook(reference_case):
    case = reference_case("spc_cusum_ewma")
    given_, expected = case["inputs"]["ewma"], case["expected"]["ewma"]
    chart = ewma_chart(given_["x"], target=given_["mu"], deviation=given_["s"], weight=given_["lam"], width=given_["L"])
    assert chart.mean[:, 0] == pytest.approx(expected["z"], **case["tolerance"])
    assert chart.high[:, 0] == pytest.approx(expected["ucl"], **case["tolerance"])
    assert chart.low[:, 0] == pytest.approx(expected["lcl"], **case["tolerance"])
    assert not chart.alarm.any()


def test_adwin_and_page_hinkley_find_what_river_finds(reference_case, shared):
    case = reference_case("sequential_river")
    with (shared / "reference_cases" / case["inputs"]["csv"]).open(newline="") as file:
        stream = np.array([float(row["x"]) for row in csv.DictReader(file)])
    parameters = case["inputs"]["params"]
    found, _ = adwin(stream, **parameters["adwin"])
    assert np.flatnonzero(found).tolist() == case["expected"]["adwin"]
    chosen = parameters["page_hinkley"]
    found, _ = page_hinkley(
        *(stream,), minimum=chosen["min_instances"], **{name: chosen[name] for name in ("delta", "threshold", "alpha")}
    )
    assert np.flatnonzero(found).tolist() == case["expected"]["page_hinkley"]


@pytest.mark.parametrize("detector", DETECTORS)
@FEW
@given(seed=st.integers(0, 10**6), levels=LEVELS, share=st.floats(0, 1))
def test_what_comes_later_changes_no_alarm(detector, seed, levels, share):
    values = noisy(seed, levels)
    days = int(share * len(values))
    assert np.array_equal(alarms(detector, values)[:days], alarms(detector, values[:days]))


@pytest.mark.parametrize("detector", DETECTORS)
@FEW
@given(seed=st.integers(0, 10**6), levels=LEVELS)
def test_series_do_not_touch_each_other_and_a_mirrored_one_alarms_mirrored(detector, seed, levels):
    values = noisy(seed, levels)
    together = alarms(detector, values)
    for series in range(values.shape[1]):
        assert np.array_equal(together[:, [series]], alarms(detector, values[:, series]))
    assert np.array_equal(together, -alarms(detector, -values))


@pytest.mark.parametrize("detector", DETECTORS)
@FEW
@given(seed=st.integers(0, 10**6), levels=LEVELS)
def test_days_without_a_value_change_nothing(detector, seed, levels):
    values = noisy(seed, levels, series=1)
    is_known = np.random.default_rng(seed + 1).random(3 * len(values)).argsort().argsort() < len(values)
    spread = np.full((3 * len(values), 1), np.nan)
    spread[is_known] = values
    assert np.array_equal(alarms(detector, spread)[is_known], alarms(detector, values))
    assert not alarms(detector, spread)[~is_known].any()


def test_a_shift_raises_one_alarm_and_the_return_closes_it():
    values = np.r_[np.zeros(50), np.full(60, 2.0), np.zeros(60), np.full(40, -2.0)]
    cusum = tabular_cusum(values, target=0, allowance=0.5, limit=5)
    assert np.flatnonzero(cusum.alarm).tolist() == [53, 173]
    assert cusum.alarm[[53, 173], 0].tolist() == [1, -1]
    assert cusum.onset[[53, 173], 0].tolist() == [50, 170]
    # From its limit of 5 the sum falls by half a day.
    assert np.flatnonzero(cusum.state[:, 0] == 1).tolist() == list(range(53, 110 + 9))
    chart = ewma_chart(values - 0.01, target=0, deviation=1, weight=0.2, width=2.8)
    assert chart.alarm[chart.alarm != 0].tolist() == [1, -1]
    assert chart.onset[chart.alarm != 0][0] == 50


def test_the_tests_that_learn_date_a_shift_to_its_day():
    values = np.r_[np.random.default_rng(7).normal(size=100), np.random.default_rng(8).normal(3, 1, size=60)]
    found, onset = page_hinkley(values, delta=0.5, threshold=12)
    assert found[found != 0].tolist() == [1]
    assert abs(onset[found != 0][0] - 100) <= 2
    found, onset = adwin(values, clock=1)
    assert found[found != 0].tolist() == [1]
    assert abs(onset[found != 0][0] - 100) <= 4
