"""The table of change points: every alarm of every applied detector on every daily series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dbt_model_risk.change_detection.adwin import adwin
from dbt_model_risk.change_detection.cusum import tabular_cusum
from dbt_model_risk.change_detection.ewma import ewma_chart
from dbt_model_risk.change_detection.page_hinkley import page_hinkley

__all__ = ["change_points"]

COLUMNS = {
    "series_key": "string",
    "model_id": "string",
    "model_version": "string",
    "variable": "string",
    "statistic": "string",
    "detector": "string",
    "direction": "string",
    "change_date": "datetime64[us]",
    "alarm_date": "datetime64[us]",
    "detected_on": "datetime64[us]",
    "closed_date": "datetime64[us]",
    "is_open": "bool",
    "magnitude": "float64",
    "value_before": "float64",
    "value_after": "float64",
    "sample_size": "int64",
    "day_count": "int64",
    "arl0": "float64",
    "convention_id": "string",
}
# Detectors that learn their own level, and those that hold a series against its baseline.
LEARNING = {"page_hinkley": page_hinkley, "adwin": adwin}
CHARTS = {"cusum", "ewma"}
# Deviations that a day counts at most: past them, how much wider a redefined variable spreads is no change of level.
FURTHEST = 15
SERIES = ["series_key", "model_id", "model_version", "variable", "statistic"]


def change_points(series: pd.DataFrame, settings: pd.DataFrame) -> pd.DataFrame:
    """Return one row per alarm, ordered by series, setting and day.

    Charts against the baseline (cusum, ewma) begin on the first day after it, at rest. Tests that learn their own level
    (page_hinkley, adwin) begin with the baseline's days, on which no alarm is reported. A day counts with 15 deviations
    at most.

    A chart's change is compared with the baseline, a test's with the days since the change before; magnitude is in
    deviations of a daily value.

    Parameters
    ----------
    series
        Rows of met_daily_series; days without a standardised value are passed over.
    settings
        Rows of change_detectors: setting_id, detector, parameters (`name=number` by spaces), arl0_estimated and
        is_applied.

    Raises
    ------
    ValueError
        If an applied setting names a detector that does not exist.
    """
    applied = settings.loc[settings["is_applied"].astype(bool)].sort_values("setting_id")
    unknown = set(applied["detector"]) - CHARTS - set(LEARNING)
    if unknown:
        raise ValueError(f"no detector is called {min(unknown)!r}")
    known = series.dropna(subset="standardised").sort_values(["series_key", "event_date"])
    rows = [
        row
        for _, version in known.groupby(["model_id", "model_version"], sort=True)
        for setting in applied.itertuples()
        for row in _alarms_of(_pivoted(version), setting)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    return table.sort_values(["series_key", "convention_id", "alarm_date"], ignore_index=True)


@dataclass(frozen=True)
class _Days:
    """The series of a version side by side: arrays of the shape (days, series)."""

    dates: np.ndarray
    first_monitored: int
    labels: pd.DataFrame
    standardised: np.ndarray
    daily: np.ndarray
    counts: np.ndarray
    seen_on: np.ndarray


def _pivoted(version: pd.DataFrame) -> _Days:
    keyed = version.set_index(["event_date", "series_key"])[["standardised", "daily_value", "sample_size", "seen_on"]]
    wide = keyed.unstack("series_key")  # noqa: PD010 - pivot_table would average dates
    is_reference = version.groupby("event_date", sort=True)["is_reference"].first().to_numpy(bool)
    labels = version.drop_duplicates("series_key").set_index("series_key", drop=False)[SERIES]
    return _Days(
        dates=wide.index.to_numpy("datetime64[us]"),
        first_monitored=int(np.count_nonzero(is_reference)),
        labels=labels.loc[wide["standardised"].columns],
        standardised=wide["standardised"].to_numpy(float),
        daily=wide["daily_value"].to_numpy(float),
        counts=wide["sample_size"].to_numpy(float),
        seen_on=wide["seen_on"].to_numpy("datetime64[us]"),
    )


def _alarms_of(days: _Days, setting) -> Iterator[dict]:
    """Yield the rows of one setting on all series of a version."""
    alarm, onset, state = _detected(days, setting)
    for column in range(alarm.shape[1]):
        before = slice(0, days.first_monitored)
        for day in np.flatnonzero(alarm[:, column]):
            direction, start = alarm[day, column], onset[day, column]
            back = np.flatnonzero(state[day + 1 :, column] != state[day, column]) + day + 1
            end = int(back[0]) if back.size else len(alarm)
            after = slice(start, end)
            if setting.detector in LEARNING:
                before = slice(before.start, start)
            yield {
                **days.labels.iloc[column].to_dict(),
                "detector": setting.detector,
                "direction": "up" if direction > 0 else "down",
                "change_date": days.dates[start],
                "alarm_date": days.dates[day],
                "detected_on": days.seen_on[day, column],
                "closed_date": days.dates[end] if back.size else np.datetime64("NaT", "us"),
                "is_open": not back.size,
                "magnitude": _mean(days.standardised[after, column]) - _mean(days.standardised[before, column]),
                "value_before": _mean(days.daily[before, column], days.counts[before, column]),
                "value_after": _mean(days.daily[after, column], days.counts[after, column]),
                "sample_size": int(np.nansum(days.counts[after, column])),
                "day_count": int(np.count_nonzero(~np.isnan(days.standardised[after, column]))),
                "arl0": setting.arl0_estimated,
                "convention_id": setting.setting_id,
            }
            if setting.detector in LEARNING:
                before = slice(start, end)


def _mean(values: np.ndarray, weights: np.ndarray | None = None) -> float:
    is_known = ~np.isnan(values)
    if not is_known.any():
        return float("nan")
    return float(np.average(values[is_known], weights=None if weights is None else weights[is_known]))


def _detected(days: _Days, setting) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return alarms, onsets and what is open, by day of the version and series."""
    chosen = dict(pair.split("=") for pair in setting.parameters.split())
    parameters = {name: int(number) if number.isdigit() else float(number) for name, number in chosen.items()}
    first = days.first_monitored
    standardised = np.clip(days.standardised, -FURTHEST, FURTHEST)
    alarm, onset, state = (np.zeros(days.standardised.shape, int) for _ in range(3))
    if setting.detector in CHARTS:
        monitored = standardised[first:]
        if setting.detector == "cusum":
            chart = tabular_cusum(monitored, target=0, **parameters)
        else:
            chart = ewma_chart(monitored, target=0, deviation=1, **parameters)
        alarm[first:], onset[first:], state[first:] = chart.alarm, chart.onset + first, chart.state
        return alarm, onset, state
    alarm, onset = LEARNING[setting.detector](standardised, **parameters)
    alarm[:first] = 0
    # A test that begins anew has no way back: what it found lasts until it finds the next.
    latest = np.maximum.accumulate(np.where(alarm != 0, np.arange(1, len(alarm) + 1)[:, None], 0))
    return alarm, onset, latest
