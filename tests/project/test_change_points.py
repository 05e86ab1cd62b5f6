"""Change points and worst segments of the sample bank: what was planted, since when, and nothing beside it."""

import datetime

import duckdb
import pytest

PLANTED_ON = datetime.date(2025, 2, 1)
PLANTED = ("account_age", "mean")
CONSEQUENCES = {("score", "mean"), ("decision", "share:contact_client"), ("predicted_class", "share:1")}


@pytest.fixture(scope="module")
def database(warehouse):
    path, _ = warehouse
    with duckdb.connect(path, read_only=True) as connection:
        yield connection


def rows(database, query):
    found = database.execute(query)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_the_redefined_feature_is_found_within_two_days_and_dated(database):
    changes = rows(
        database,
        "select * from wealth_management.change_points where variable = 'account_age' and statistic = 'mean'",
    )
    assert {row["detector"] for row in changes} == {"cusum", "ewma", "page_hinkley", "adwin"}
    assert all(row["status"] == "open" and row["direction"] == "up" for row in changes)
    prompt = [row for row in changes if row["detector"] != "adwin"]
    assert all(0 <= (row["detected_on"] - PLANTED_ON).days <= 2 for row in prompt)
    assert all(abs((row["since"] - PLANTED_ON).days) <= 2 for row in changes)
    assert all(row["last_value"] > row["band_high"] > row["baseline"] for row in changes)


def test_nothing_else_has_changed(database, record_property):
    found = rows(database, "select * from wealth_management.change_points where since is not null")
    assert {(row["variable"], row["statistic"]) for row in found} == {PLANTED} | CONSEQUENCES
    assert all(row["alarm_date"] >= PLANTED_ON for row in found)
    # Two years of quiet days on every series that is watched raise, by chance, this many alarms at most.
    (stated,) = database.execute(
        """
        select sum(1 / settings.arl0_estimated)
        from metrics.met_daily_series as days
        cross join policies.change_detectors as settings
        where settings.is_applied and days.standardised is not null and not days.is_reference
        """
    ).fetchone()
    record_property("summary", f"change points beside the planted ones: 0 (stated by chance: {stated:.2f})")
    assert stated < 1


def test_a_series_that_cannot_be_watched_says_why(database):
    grey = rows(database, "select * from wealth_management.change_points where status = 'grey'")
    assert {row["status_reason"] for row in grey if row["model_id"] == "wealth_return_forecast"} == {
        "few_reference_days",
        "not_standardised",
    }
    assert {row["statistic"] for row in grey if row["model_id"] == "wealth_churn"} == {"volume"}


def test_the_worst_segments_are_the_planted_ones(database):
    worse = rows(database, "select * from wealth_management.worst_segments where status = 'worse'")
    assert {(row["metric"], row["variable"], row["segment_value"]) for row in worse} == {
        ("mae", None, "equity"),
        ("mean_shift", "score", "core"),
    }
    assert all(row["segment_rank"] == 1 and row["adjusted_p"] <= 0.05 and row["harm"] > 0 for row in worse)
    untested = "select * from wealth_management.worst_segments where status <> 'grey' and p_value is null"
    assert not rows(database, untested)


def test_every_change_is_in_the_mart_once(database):
    counted = database.execute("select count(*) from metrics.met_change_points").fetchone()
    shown = database.execute(
        "select count(*) from wealth_management.change_points where status in ('open', 'closed')"
    ).fetchone()
    assert counted == shown and counted[0] > 0
