"""The daily series against the same sums by hand: baseline, distance, and which arrivals a day counts."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

VERSION = {"model_id": "m", "model_version": "1"}
LOG = "wealth_management__churn"
LONG_AGO = pd.Timestamp("2020-01-01")
FROZEN = date(2025, 2, 1)
FIRST = date(2025, 1, 1)


def bins(variable, day, known, bin_id, n, total=np.nan, squares=np.nan):
    return {
        **VERSION,
        "log_id": LOG,
        "segment_key": "all",
        "variable": variable,
        "event_date": day,
        "known_date": known,
        "bin_id": bin_id,
        "n": n,
        "value_sum": total,
        "value_square_sum": squares,
    }


def values_of(day, known, values, missing=0):
    """Scores of a day, all in one bin, with the moments; `missing` rows of a feature beside them."""
    values = np.asarray(values, float)
    return [
        bins("score", day, known, 0, len(values)),
        bins("score", day, known, -9, 0, values.sum(), (values**2).sum()),
        bins("age", day, known, 0, len(values) - missing),
        bins("age", day, known, -1, missing),
    ]


@pytest.fixture(scope="session")
def daily(evaluate):
    def run(rows, outcomes=()):
        frozen = {**VERSION, "log_id": LOG, "frozen_date": FROZEN, "registered_date": FROZEN}
        frozen |= {"baseline_from": FIRST, "baseline_to": date(2025, 1, 31)}
        baseline = [
            frozen | {"variable": name, "variable_kind": "numeric", "bin_id": 0, "category": ""}
            for name in ("score", "age")
        ]
        empty = {
            **VERSION,
            **{"log_id": LOG, "segment_key": "none", "event_date": FIRST, "known_date": FROZEN, "outcome_class": "1"},
            **{"n": 1, "score_sum": 0.0, "score_square_sum": 0.0, "outcome_sum": 0.0, "outcome_square_sum": 0.0},
            **{"score_outcome_sum": 0.0, "absolute_error_sum": 0.0, "log_loss_sum": 0.0},
        }
        models = {"model_id": "m", "problem_type": "binary", "outcome_horizon_days": 30, "recorded_at": LONG_AGO}
        tables = {
            "evidence.evd_feature_bins": pd.DataFrame(rows),
            "evidence.evd_baselines": baseline,
            "evidence.evd_score_outcomes": [empty, *(empty | {"segment_key": "all"} | row for row in outcomes)],
            "registers.models": [models],
        }
        found = evaluate("met_daily_series", tables)
        return found.set_index([found["variable"].fillna(""), "statistic", found["event_date"].dt.date]).sort_index()

    return run


def month(rng, first=FIRST, days=31):
    return {first + timedelta(d): rng.normal(0.3, 0.1, rng.integers(30, 50)) for d in range(days)}


def test_a_day_is_its_distance_from_the_baseline_in_deviations_of_its_size(daily):
    reference = month(np.random.default_rng(1))
    later = {date(2025, 2, 1): np.full(40, 0.35), date(2025, 2, 2): np.full(9, 0.35)}
    rows = [row for day, values in reference.items() for row in values_of(day, FROZEN, values)]
    rows += [row for day, values in later.items() for row in values_of(day, day, values)]
    found = daily(rows)
    everything = np.concatenate(list(reference.values()))
    mean, deviation = everything.mean(), everything.std()
    distances = [(values.mean() - mean) / (deviation / np.sqrt(len(values))) for values in reference.values()]
    dispersion = max(1, np.std(distances, ddof=1))
    row = found.loc[("score", "mean", date(2025, 2, 1))]
    assert row["reference_mean"] == pytest.approx(mean)
    assert row["reference_days"] == 31
    assert row["dispersion"] == pytest.approx(dispersion)
    assert row["deviation"] == pytest.approx(dispersion * deviation / np.sqrt(40))
    assert row["standardised"] == pytest.approx((0.35 - mean) / row["deviation"])
    few = found.loc[("score", "mean", date(2025, 2, 2))]
    assert pd.isna(few["standardised"]) and few["status_reason"] == "small_sample"
    assert found.loc[("", "volume", date(2025, 2, 1)), "status_reason"] == "not_standardised"


def test_a_rate_that_was_never_above_zero_has_the_deviation_of_one_case(daily):
    reference = month(np.random.default_rng(2))
    rows = [row for day, values in reference.items() for row in values_of(day, FROZEN, values)]
    rows += values_of(date(2025, 2, 1), date(2025, 2, 1), np.full(40, 0.3), missing=3)
    row = daily(rows).loc[("age", "missing_rate", date(2025, 2, 1))]
    assert row["daily_value"] == pytest.approx(3 / 40)
    assert row["standardised"] == pytest.approx(3)


def test_a_day_counts_what_was_known_at_the_end_of_the_next(daily):
    reference = month(np.random.default_rng(3))
    rows = [row for day, values in reference.items() for row in values_of(day, FROZEN, values)]
    day = date(2025, 2, 1)
    rows += values_of(day, day, np.full(20, 0.3)) + values_of(day, day + timedelta(1), np.full(20, 0.5))
    rows += values_of(day, day + timedelta(2), np.full(20, 0.9))
    # A day that was delivered in one piece much later counts from then on.
    rows += values_of(date(2025, 2, 2), date(2025, 3, 1), np.full(30, 0.4))
    # The as-of date is 2025-06-30: this day is not over at the end of the next one.
    rows += values_of(date(2025, 6, 30), date(2025, 6, 30), np.full(30, 0.4))
    found = daily(rows).loc[("score", "mean")]
    assert found.loc[day, "daily_value"] == pytest.approx(0.4)
    assert found.loc[day, "seen_on"].date() == date(2025, 2, 2)
    assert found.loc[date(2025, 2, 2), "seen_on"].date() == date(2025, 3, 1)
    assert date(2025, 6, 30) not in found.index


def test_a_short_baseline_says_so(daily):
    reference = month(np.random.default_rng(4), days=19)
    rows = [row for day, values in reference.items() for row in values_of(day, FROZEN, values)]
    rows += values_of(date(2025, 2, 1), date(2025, 2, 1), np.full(40, 0.3))
    row = daily(rows).loc[("score", "mean", date(2025, 2, 1))]
    assert pd.isna(row["standardised"]) and row["status_reason"] == "few_reference_days"


def test_outcomes_count_on_the_day_after_their_horizon(daily):
    reference = month(np.random.default_rng(5))
    rows = [row for day, values in reference.items() for row in values_of(day, FROZEN, values)]
    outcomes = [
        {"event_date": day, "known_date": day + timedelta(5), "outcome_class": name, "n": n}
        for day in reference
        for name, n in (("1", 5), ("0", 45))
    ]
    day = date(2025, 2, 3)
    outcomes += [
        {"event_date": day, "known_date": day + timedelta(wait), "outcome_class": name, "n": n}
        for wait, name, n in ((3, "1", 10), (30, "0", 30), (40, "0", 60))
    ]
    outcomes += [{"event_date": date(2025, 6, 1), "known_date": date(2025, 6, 2), "n": 20}]
    found = daily(rows, outcomes).loc[("outcome", "observed_rate")]
    assert found.loc[day, "daily_value"] == pytest.approx(10 / 40)
    assert found.loc[day, "seen_on"].date() == day + timedelta(31)
    assert found.loc[day, "reference_mean"] == pytest.approx(0.1)
    assert date(2025, 6, 1) not in found.index
