"""Sixty days of verdicts through pol_alerts, run after run, as dbt would run it."""

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

ROOT = Path(__file__).parents[2]
DAYS = 60
FIRST = date(2025, 3, 1)
PLACEHOLDER = "cast('2000-01-01' as date)"
END_OF_DAY = f"cast({PLACEHOLDER} + interval '1' day as timestamp)"
ALERTS = """
    alert_id varchar, alert_key varchar, sequence bigint, as_of_date date, evaluated_at timestamp, opened_at timestamp,
    event varchar, previous_status varchar, rag_status varchar, sandbox_id varchar, policy_id varchar, kri_id varchar,
    model_id varchar, model_version varchar, segment_key varchar, segment_value varchar, kri_value double, unit varchar,
    threshold double, explanation varchar, evidence_ref varchar, owner_id varchar, route_id varchar, is_silent boolean,
    silence_reason varchar, waiver_id varchar, is_announced boolean
"""
EVALUATIONS = """
    as_of_date date, sandbox_id varchar, policy_id varchar, kri_id varchar, model_id varchar, model_version varchar,
    segment_key varchar, segment_value varchar, rag_status varchar, kri_value double, unit varchar,
    amber_threshold double, red_threshold double, severity varchar, waiver_id varchar, explanation varchar,
    evidence_ref varchar
"""


@pytest.fixture(scope="module")
def incremental_sql(tmp_path_factory):
    """The SQL of pol_alerts in a warehouse that has the table."""
    folder = tmp_path_factory.mktemp("alerts")
    with duckdb.connect(folder / "model_risk.duckdb") as connection:
        connection.execute(f"create schema policies; create table policies.pol_alerts ({ALERTS})")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DBT_DUCKDB_PATH", str(folder / "model_risk.duckdb"))
        result = dbtRunner().invoke(
            [
                *("--quiet", "compile", "--select", "pol_alerts", "--vars", "{as_of_date: '2000-01-01'}"),
                *("--project-dir", str(ROOT), "--profiles-dir", str(ROOT)),
                *("--target-path", str(folder), "--log-path", str(folder)),
            ]
        )
    DuckDBConnectionManager.close_all_connections()
    assert result.success, result.exception
    return result.result[0].node.compiled_code


@pytest.fixture
def bank(incremental_sql, seed_rows):
    """Runs pol_alerts for a day, or an instant of it, on {policy: (status, waiver)}."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(
        f"""
        attach ':memory:' as model_risk; use model_risk; create schema policies; create schema registers;
        create table policies.pol_alerts ({ALERTS}); create table policies.pol_evaluations ({EVALUATIONS})
        """
    )
    for schema, seed in (("policies", "policies"), ("registers", "models"), ("registers", "alert_routes")):
        connection.register("frame", seed_rows(seed, []))
        connection.execute(f"create table {schema}.{seed} as from frame")

    def run(day, statuses, instant=None):
        rows = pd.DataFrame(
            [(policy, status, waiver) for policy, (status, waiver) in statuses.items()],
            columns=["policy", "status", "waiver"],
        ).astype("string")
        connection.register("statuses", rows)
        connection.execute(
            f"""
            create or replace table policies.pol_evaluations as
            select
                date '{day}' as as_of_date, 's' as sandbox_id, policy as policy_id, 'k' as kri_id, 'm' as model_id,
                '1' as model_version, 'all' as segment_key, 'all' as segment_value, status as rag_status,
                1.0 as kri_value, 'x' as unit, 1.0 as amber_threshold, 2.0 as red_threshold, 'error' as severity,
                waiver as waiver_id, 'e' as explanation, 'r' as evidence_ref
            from statuses
            """
        )
        sql = incremental_sql
        if instant:
            sql = sql.replace(END_OF_DAY, f"cast('{instant}' as timestamp)")
        sql = sql.replace(PLACEHOLDER, f"cast('{day}' as date)")
        connection.execute(f"insert into policies.pol_alerts {sql}")

    def alerts(columns="policy_id, event, as_of_date"):
        return connection.execute(
            f"select {columns} from policies.pol_alerts order by evaluated_at, policy_id, sequence"
        ).fetchall()

    run.alerts = alerts
    return run


def status_on(number):
    """Green, amber from day 10, red from 20, amber from 30, red again from 35, green from 40; grey now and then."""
    if number in (5, 12, 25, 37, 45):
        return "grey"
    bounds = {10: "green", 20: "amber", 30: "red", 35: "amber", 40: "red", DAYS: "green"}
    return next(status for bound, status in bounds.items() if number < bound)


def test_a_breach_opens_once_escalates_once_and_recovers_once_in_sixty_days(bank):
    """Two runs a day, now and then the last of them twice; then some of the days again."""

    def told():
        return [(event, (day - FIRST).days) for event, day in bank.alerts("event, as_of_date")]

    for number in range(DAYS):
        day, statuses = FIRST + timedelta(number), {"p": (status_on(number), None)}
        bank(day, statuses, datetime(day.year, day.month, day.day, 9))
        for _ in range(2 if number % 4 == 0 else 1):
            bank(day, statuses)
    assert told() == [("opened", 10), ("escalated", 20), ("recovered", 40)]
    for number in range(0, DAYS, 5):
        bank(FIRST + timedelta(number), {"p": (status_on(number), None)})
    assert told() == [("opened", 10), ("escalated", 20), ("recovered", 40)]
    assert bank.alerts("distinct hour(evaluated_at), opened_at") == [(9, datetime(2025, 3, 11, 9))]
    assert len(set(bank.alerts("alert_id"))) == 3


def test_a_waived_breach_is_listed_once_and_told_when_the_waiver_ends(bank):
    for number in (0, 4, 5, 6, 29, 30, 31, 59):
        waiver = "w" if 5 <= number < 30 else None
        bank(FIRST + timedelta(number), {"always": ("red", "w" if number < 30 else None), "later": ("red", waiver)})
    assert bank.alerts("policy_id, event, as_of_date - date '2025-03-01', is_silent, waiver_id") == [
        ("always", "opened", 0, True, "w"),
        ("later", "opened", 0, False, None),
        ("later", "opened", 5, True, "w"),
        ("always", "opened", 30, False, None),
        ("later", "opened", 30, False, None),
    ]


def events_of(statuses):
    """What is told about a series of statuses, by hand."""
    told, events = None, []
    for number, status in enumerate(statuses):
        if status == "green" and told:
            events.append(("recovered", number))
            told = None
        elif status in ("amber", "red") and told is None:
            events.append(("opened", number))
            told = status
        elif status == "red" and told == "amber":
            events.append(("escalated", number))
            told = "red"
    return events


def test_any_series_of_statuses_tells_what_was_counted_by_hand(bank):
    draw = random.Random(20250301)
    series = {
        f"p{number:03d}": draw.choices(["green", "amber", "red", "grey"], weights=[3, 1, 1, 1], k=DAYS)
        for number in range(100)
    }
    for number in range(DAYS):
        bank(FIRST + timedelta(number), {policy: (statuses[number], None) for policy, statuses in series.items()})
    found = {policy: [] for policy in series}
    for policy, event, day in bank.alerts():
        found[policy].append((event, (day - FIRST).days))
    assert found == {policy: events_of(statuses) for policy, statuses in series.items()}
    assert sum(map(len, found.values())) > 1000
