"""Live drift in the sample bank: found two days after it begins, and the same whether counted day by day or at once."""

import shutil

import duckdb
import pytest

MODELS = ["met_live_windows", "met_live_baselines", "met_live_bins", "met_live_drift"]
MODELS += ["met_variable_days", "met_definition_changes"]
TABLES = [f"metrics.{name}" for name in MODELS]


@pytest.fixture(scope="module")
def bank(warehouse, dbt, tmp_path_factory):
    """A copy of the sample bank, and a function that builds its live metrics as of a day."""
    folder = tmp_path_factory.mktemp("live_drift")
    shutil.copy(warehouse[0], folder / "model_risk.duckdb")

    def build(day, *options):
        result = dbt("run", "--vars", f"as_of_date: '{day}'", "--select", *MODELS, *options, folder=folder)
        assert result.success, result.exception

    return folder / "model_risk.duckdb", build


def rows(path, query):
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def days(bank):
    """The two days after the change of unit of 1 February, one after the other, and each day's tables."""
    path, build = bank
    found = {}
    for day in ["2025-02-02", "2025-02-03"]:
        build(day)
        found[day] = {table: rows(path, f"select * from {table} order by all") for table in TABLES}
        found[day]["red"] = rows(
            path,
            """
            select model_id, variable, min(cast(period_end as date))
            from metrics.met_live_drift
            where
                period_grain = 'rolling_7' and segment_key = 'all'
                and metric = 'psi_above_chance' and value > 0.25
                and period_end > timestamp '2025-01-15'
            group by all
            order by all
            """,
        )
        found[day]["changes"] = rows(
            path,
            "select variable, change_kind, cast(changed_on as date), factor from metrics.met_definition_changes",
        )
    return found


def test_the_redefined_feature_is_red_two_days_later_and_no_other(days):
    """The funds' momentum at the end of January is where the market had gone, as in two months of thirteen."""
    assert [(model, variable, str(day)) for model, variable, day in days["2025-02-02"]["red"]] == [
        ("wealth_churn", "account_age", "2025-02-02"),
        ("wealth_return_forecast", "momentum", "2025-01-31"),
    ]


def test_the_change_of_unit_is_named_within_three_days(days):
    ((variable, kind, changed_on, _),) = days["2025-02-03"]["changes"]
    assert (variable, kind, str(changed_on)) == ("account_age", "unit_changed", "2025-02-01")


def test_day_by_day_is_the_same_as_all_at_once(bank, days):
    path, build = bank
    build("2025-02-03", "--full-refresh")
    for table in TABLES:
        expected = rows(path, f"select * from {table} order by all")
        assert expected
        assert days["2025-02-03"][table] == expected, table


def test_the_parts_of_an_index_sum_to_it(warehouse):
    cohort = "window_key, segment_key, segment_value, reference, variable"
    parts, largest = rows(
        warehouse[0],
        f"""
        select count(*), max(abs(parts.total - drift.value))
        from (select {cohort}, sum(psi_contribution) as total from metrics.met_live_contributions group by all) as parts
        inner join metrics.met_live_drift as drift using ({cohort})
        where drift.metric = 'psi'
        """,
    )[0]
    assert parts > 500 and largest < 1e-9


def test_months_have_the_figures_of_the_metrics_by_month(warehouse):
    cohort = "model_id, model_version, segment_key, segment_value, period_grain, period_start, period_end"
    same, different = rows(
        warehouse[0],
        f"""
        select
            count(*) filter (where live.value is not distinct from drift.value),
            count(*) filter (where live.value is distinct from drift.value)
        from metrics.met_live_drift as live
        inner join metrics.met_drift as drift using ({cohort}, variable, metric)
        where live.reference = 'baseline'
        """,
    )[0]
    assert same > 5000 and different == 0


def test_the_monitor_shows_the_planted_drift_and_no_other_feature(warehouse):
    query = """
        select distinct model_id, variable, change_kind, change_conversion
        from wealth_management.drift_monitor
        where rag_status = 'red' and variable_scope = 'feature' and segment_key = 'all'
            and is_latest and reference = 'baseline' and period_grain in ('rolling_7', 'rolling_30')
    """
    assert rows(warehouse[0], query) == [("wealth_churn", "account_age", "unit_changed", "months to days")]
