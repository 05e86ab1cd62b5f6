"""Reference cases, and SQL models as dbt compiles them, so that a test can run one on small tables of its own."""

import json
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
TYPES = {
    **{"varchar": pa.string(), "date": pa.date32(), "timestamp": pa.timestamp("us"), "boolean": pa.bool_()},
    **{"integer": pa.int32(), "bigint": pa.int64(), "double": pa.float64()},
}
# The answers are for this day, and the smallest samples count.
VARIABLES = {"as_of_date": "2025-06-30", "minimum_performance_sample": 1, "minimum_class_count": 1}


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """The SQL of every metric and policy model, by name."""
    folder = tmp_path_factory.mktemp("compile")
    arguments = [
        *("--quiet", "compile", "--no-introspect", "--select", "metrics", "policies"),
        *("--vars", json.dumps(VARIABLES), "--project-dir", str(ROOT), "--profiles-dir", str(ROOT)),
        *("--target-path", str(folder), "--log-path", str(folder)),
    ]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DBT_DUCKDB_PATH", str(folder / "model_risk.duckdb"))
        result = dbtRunner().invoke(arguments)
    DuckDBConnectionManager.close_all_connections()
    assert result.success, result.exception
    models = [path for layer in ("met", "pol") for path in (folder / "compiled").rglob(f"{layer}_*.sql")]
    return {path.stem: path.read_text() for path in models}


@pytest.fixture(scope="session")
def evaluate(compiled):
    """Runs one model on the given tables (schema.table: rows, or columns of an empty one)."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as model_risk; use model_risk")
    for schema in ("metrics", "registers", "policies", "indicators", "evidence"):
        connection.execute(f"create schema {schema}")

    def run(model, tables):
        for table, rows in tables.items():
            connection.register("frame", rows if isinstance(rows, pa.Table) else pd.DataFrame(rows))
            connection.execute(f"create or replace table {table} as select * from frame")
        connection.execute(f"create or replace table metrics.{model} as {compiled[model]}")
        return connection.execute(f"from metrics.{model}").df()

    return run


@pytest.fixture(scope="session")
def seed_rows():
    """Makes a table of a seed from some of its columns, with the types of its YAML."""
    types = {
        seed["name"]: seed["config"]["column_types"]
        for path in (ROOT / "seeds").rglob("_*__seeds.yml")
        for seed in yaml.safe_load(path.read_text())["seeds"]
    }

    def make(seed, rows):
        schema = pa.schema([(column, TYPES[kind]) for column, kind in types[seed].items()])
        assert not {name for row in rows for name in row} - set(schema.names)
        return pa.Table.from_pylist(rows, schema=schema)

    return make


@pytest.fixture(scope="session")
def shared():
    """The folder of reference cases and real histories beside the project; without it the test is skipped."""
    if not SHARED.is_dir():
        pytest.skip(f"no reference material at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def reference_case(shared):
    """Reads a reference case by its id."""
    return lambda case_id: json.loads((shared / "reference_cases" / f"{case_id}.json").read_text())
