"""The table of change points on small series."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_model_risk.change_detection.change_points import change_points

SETTINGS = pd.DataFrame(
    [
        ("cusum_test", "cusum", "allowance=0.5 limit=8", 4400.0, True),
        ("ewma_test", "ewma", "weight=0.2 width=3.5", 1000.0, True),
        ("hinkley_test", "page_hinkley", "delta=0.5 threshold=10", 20000.0, True),
        ("adwin_test", "adwin", "delta=0.01 clock=7", 200000.0, True),
        ("not_applied", "cusum", "allowance=0.1 limit=0.1", 1.0, False),
    ],
    columns=["setting_id", "detector", "parameters", "arl0_estimated", "is_applied"],
)
BASELINE_DAYS = 60


def daily(standardised, variable="age", size=50):
    """Rows of met_daily_series from 2024-01-01 on; a value is 100 plus twice its distance."""
    days = pd.date_range("2024-01-01", periods=len(standardised)).astype("datetime64[us]")
    return pd.DataFrame(
        {
            "series_key": f"m|1|{variable}|mean",
            "model_id": "m",
            "model_version": "1",
            "variable": variable,
            "statistic": "mean",
            "event_date": days,
            "seen_on": days + pd.Timedelta(days=1),
            "is_reference": np.arange(len(standardised)) < BASELINE_DAYS,
            "daily_value": 100 + 2 * np.asarray(standardised),
            "sample_size": size,
            "standardised": standardised,
        }
    )


def noise(days, seed=1):
    return np.random.default_rng(seed).normal(size=days)


def test_a_shift_is_dated_and_measured_by_every_applied_setting():
    values = noise(200)
    values[150:] += 4
    found = change_points(daily(values), SETTINGS)
    assert found["convention_id"].tolist() == ["adwin_test", "cusum_test", "ewma_test", "hinkley_test"]
    assert (found["direction"] == "up").all() and found["is_open"].all() and found["closed_date"].isna().all()
    shifted = pd.Timestamp("2024-01-01") + pd.Timedelta(days=150)
    assert ((found["change_date"] - shifted).abs() <= pd.Timedelta(days=3)).all()
    charts = found.loc[found["convention_id"] != "adwin_test"]
    assert (charts["detected_on"] - shifted <= pd.Timedelta(days=4)).all()
    assert (found["detected_on"] == found["alarm_date"] + pd.Timedelta(days=1)).all()
    assert found["magnitude"].to_numpy() == pytest.approx(4, abs=0.5)
    assert (found["value_after"] - found["value_before"]).to_numpy() == pytest.approx(8, abs=1)
    assert (found["sample_size"] == 50 * found["day_count"]).all()
    assert found.set_index("convention_id")["arl0"]["cusum_test"] == 4400


def test_a_series_that_came_back_is_closed():
    values = noise(300)
    values[150:200] -= 4
    found = change_points(daily(values), SETTINGS).set_index("convention_id")
    assert found.loc["cusum_test", "direction"] == "down"
    assert not found.loc["cusum_test", "is_open"]
    assert found.loc["cusum_test", "closed_date"] > pd.Timestamp("2024-01-01") + pd.Timedelta(days=200)
    # What learns its own level sees the return as another change.
    assert found.loc["hinkley_test", "direction"].tolist() == ["down", "up"]
    assert found.loc["hinkley_test", "is_open"].tolist() == [False, True]


def test_how_much_wider_a_redefined_variable_spreads_is_no_second_change():
    values = noise(300)
    values[150:] = 300 + 30 * values[150:]
    found = change_points(daily(values), SETTINGS)
    assert found.groupby("convention_id").size().to_dict() == {
        name: 1 for name in ("adwin_test", "cusum_test", "ewma_test", "hinkley_test")
    }


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), shift=st.floats(-5, 5), days=st.integers(70, 299))
def test_a_later_run_raises_the_same_alarms_again(seed, shift, days):
    values = noise(300, seed)
    values[150:220] += shift
    frame = daily(values)
    identity = ["series_key", "convention_id", "direction", "change_date", "alarm_date", "detected_on"]
    later = change_points(frame, SETTINGS)
    earlier = change_points(frame.iloc[:days], SETTINGS)
    kept = later.loc[later["alarm_date"] <= frame["event_date"].iloc[days - 1]]
    pd.testing.assert_frame_equal(earlier[identity], kept[identity].reset_index(drop=True))


def test_rows_may_come_in_any_order_and_days_may_be_missing():
    first, second = noise(200, 2), noise(200, 3)
    first[100:] += 3
    frame = pd.concat([daily(first), daily(second, variable="balance")])
    expected = change_points(frame, SETTINGS)
    shuffled = frame.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(change_points(shuffled, SETTINGS), expected)
    gap = frame.assign(standardised=frame["standardised"].mask(frame["event_date"].dt.day == 7))
    assert set(change_points(gap, SETTINGS)["variable"]) == {"age"}


def test_nothing_to_watch_gives_an_empty_table():
    found = change_points(daily(noise(100)).iloc[:0], SETTINGS)
    assert found.empty and found["change_date"].dtype == "datetime64[us]"


def test_a_detector_that_does_not_exist_is_refused():
    unknown = SETTINGS.assign(detector="oracle")
    with pytest.raises(ValueError, match="oracle"):
        change_points(daily(noise(100)), unknown)
