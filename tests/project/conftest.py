"""The project as dbt sees it: its manifest, and one build of the sample bank per pytest session."""

import json
from pathlib import Path

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.jsonschemas import jsonschemas

ROOT = Path(__file__).parents[2]


def run_dbt(*arguments, folder):
    """Run a dbt command in this process; database, target and logs go to `folder`."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DBT_DUCKDB_PATH", str(folder / "model_risk.duckdb"))
        result = dbtRunner().invoke(
            [
                *arguments,
                *("--project-dir", str(ROOT), "--profiles-dir", str(ROOT)),
                *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
            ]
        )
    DuckDBConnectionManager.close_all_connections()
    return result


@pytest.fixture(scope="session")
def dbt():
    """`run_dbt`, for tests that need a build of their own."""
    return run_dbt


@pytest.fixture(scope="session")
def manifest(tmp_path_factory):
    """The manifest of a parse in which every deprecation is an error."""
    folder = tmp_path_factory.mktemp("parse")
    with pytest.MonkeyPatch.context() as patch:
        # dbt checks YAML against its schema for four adapters only; duckdb is not one of them.
        supported = jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS
        patch.setattr(jsonschemas, "_JSONSCHEMA_SUPPORTED_ADAPTERS", supported | {"duckdb"})
        result = run_dbt(
            "parse",
            "--no-partial-parse",
            *("--warn-error-options", '{"error": ["Deprecations"]}'),
            folder=folder,
        )
    assert result.success, result.exception
    return json.loads((folder / "target" / "manifest.json").read_text())


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory):
    """The path of a sample bank built for the default as-of date, unit tests included, and dbt's results."""
    folder = tmp_path_factory.mktemp("sample_bank")
    result = run_dbt("build", "--select", "fqn:*", folder=folder)
    return folder / "model_risk.duckdb", result
