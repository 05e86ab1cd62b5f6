"""What the public tables promise, checked in the manifest and in a built sample bank."""

import duckdb
import pytest
from built_marts import MARTS, columns_of, fingerprints

SANDBOXES = ["retail_banking", "investment_banking", "wealth_management"]
NUMBERS = ["metrics", "indicators", "policies", *MARTS]
SHAPES_FOR_BI = {"VARCHAR", "DOUBLE", "BIGINT", "INTEGER", "BOOLEAN", "DATE", "TIMESTAMP"}


@pytest.fixture(scope="module")
def database(warehouse):
    path, _ = warehouse
    with duckdb.connect(path, read_only=True) as connection:
        yield connection


def public_models(manifest):
    return [
        node for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["access"] == "public"
    ]


def every_sandbox(table):
    return " union all ".join(f"(select * from {sandbox}.{table})" for sandbox in SANDBOXES)


def test_the_sample_bank_builds_green(warehouse):
    _, result = warehouse
    failures = [item.node.name for item in result.result if item.status in ("error", "fail", "skipped")]
    assert result.success, failures


def test_every_public_column_is_described_and_contracted(manifest):
    marts = public_models(manifest)
    assert marts
    for node in marts:
        assert node["config"]["contract"]["enforced"], node["name"]
        assert "One row per " in node["description"].rstrip().rsplit(". ", 1)[-1], node["name"]
        for column in node["columns"].values():
            assert column["description"], (node["name"], column["name"])
            assert column["data_type"], (node["name"], column["name"])


def test_marts_hold_only_types_every_tool_reads(database):
    exotic = [column for column in columns_of(database, MARTS) if column[2] not in SHAPES_FOR_BI]
    assert not exotic


def test_no_number_is_nan_or_infinite(database):
    doubles = {}
    for table, column, data_type in columns_of(database, NUMBERS):
        if data_type == "DOUBLE":
            doubles.setdefault(table, []).append(column)
    assert doubles
    unreal = [
        table
        for table, columns in doubles.items()
        if database.execute(
            f"select count(*) from {table} where " + " or ".join(f'not isfinite("{column}")' for column in columns)
        ).fetchone()[0]
    ]
    assert not unreal


def test_no_mart_is_empty_by_accident(database):
    filled = {mart: rows for mart, (rows, _) in fingerprints(database).items()}
    # A sandbox may have no breach, and no log of wealth management has groups.
    may_be_empty = {mart for mart in filled if mart.endswith(".breaches")} | {"wealth_management.fairness"}
    assert not [mart for mart, rows in filled.items() if rows == 0 and mart not in may_be_empty]
    assert sum(rows for mart, rows in filled.items() if mart.endswith(".breaches")) > 0


def test_the_scorecard_and_the_verdict_agree(database):
    """The same value against the same limits must not be red on one page and green on another."""
    compared, different = database.execute(
        f"""
        select count(*), count(*) filter (where cards.rag_status != verdicts.rag_status)
        from ({every_sandbox("kri_scorecard")}) as cards
        inner join policies.pol_evaluations as verdicts
            using (policy_id, kri_id, model_id, model_version, segment_key, segment_value, period_end)
        where cards.is_judged_grain
        """
    ).fetchone()
    assert compared > 0
    assert different == 0


def test_registers_and_heatmap_lose_no_verdict(database):
    components = "count(*), " + ", ".join(
        f"count(*) filter (where rag_status = '{status}')" for status in ("green", "amber", "red", "grey")
    )
    verdicts = database.execute(f"select {components} from policies.pol_evaluations").fetchone()
    registers = database.execute(f"select {components} from ({every_sandbox('policy_register')})").fetchone()
    heatmap = database.execute(
        "select sum(n_total), sum(n_green), sum(n_amber), sum(n_red), sum(n_grey) from enterprise.risk_heatmap"
    ).fetchone()
    declared = database.execute(
        f"select {components} from policies.pol_evaluations where status_reason is distinct from 'not_declared'"
    ).fetchone()
    assert verdicts[0] > declared[0] > 0
    assert registers == verdicts
    assert heatmap == declared


@pytest.mark.parametrize(
    ("key", "dimension", "shapes"),
    [
        (
            "model_id",
            "dim_model",
            ["kri_scorecard", "policy_register", "breaches", "model_detail", "validation_workflow"],
        ),
        (
            "model_version_key",
            "dim_model_version",
            ["kri_scorecard", "breaches", "model_detail", "validation_workflow"],
        ),
        ("kri_id", "dim_kri", ["kri_scorecard", "policy_register", "breaches"]),
        ("policy_id", "dim_policy", ["kri_scorecard", "policy_register", "breaches"]),
        ("sandbox_id", "dim_sandbox", ["kri_scorecard", "policy_register", "breaches", "model_detail"]),
    ],
)
def test_facts_find_their_dimension(database, key, dimension, shapes):
    for shape in shapes:
        orphans = database.execute(
            f"""
            select distinct {key} from ({every_sandbox(shape)})
            where {key} is not null and {key} not in (select {key} from enterprise.{dimension})
            """
        ).fetchall()
        assert not orphans, shape


def test_the_calendar_has_no_hole_and_covers_every_period(database):
    first, last, days = database.execute(
        "select min(date_day), max(date_day), count(*) from enterprise.dim_date"
    ).fetchone()
    assert days == (last - first).days + 1
    low, high = database.execute(
        f"select min(period_start), max(period_end) from ({every_sandbox('kri_scorecard')})"
    ).fetchone()
    assert first <= low <= high <= last


def test_every_open_breach_is_red_today(database):
    """Grey excepted: a breach stays open until somebody has measured that it is over."""
    cured = database.execute(
        f"""
        select breaches.breach_key
        from ({every_sandbox("breaches")}) as breaches
        inner join ({every_sandbox("kri_scorecard")}) as cards
            using (model_id, model_version, kri_id, segment_key, segment_value)
        where
            breaches.is_open
            and cards.is_latest
            and cards.is_judged_grain
            and cards.policy_id = breaches.policy_id
            and cards.rag_status not in ('red', 'grey')
        """
    ).fetchall()
    assert not cured
