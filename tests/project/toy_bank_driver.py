"""A bank of a prediction log, a market-risk log and a log of sensitivities, filled by the tests, built by dbt."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner

__all__ = ["ToyBank", "prediction", "outcome", "day", "greek"]

HERE = Path(__file__).parent
TABLES = {
    "scores": "prediction_id varchar, model_id varchar, model_version varchar, predicted_at varchar, "
    "loaded_at varchar, score double, predicted_class varchar, region varchar, income double, occupation varchar, "
    "entity_id varchar, decision varchar, override_decision varchar, sex varchar",
    "outcomes": "prediction_id varchar, loaded_at varchar, observed_at varchar, outcome double, outcome_status varchar",
    "days": "risk_date varchar, portfolio_id varchar, model_id varchar, model_version varchar, var_990 double, "
    "pnl_actual double, forecast_at varchar, loaded_at varchar",
    "greeks": "risk_date varchar, portfolio_id varchar, factor varchar, delta double, shift_type varchar, "
    "shift_size double, loaded_at varchar",
    "models": "model_id varchar, sandbox_id varchar, recorded_at timestamp",
    "model_versions": "model_id varchar, model_version varchar, baseline_from date, baseline_to date, "
    "recorded_at timestamp",
}


def prediction(prediction_id: str | None, **columns: object) -> dict:
    """Return a sound row of the prediction log, with the given columns changed."""
    return {
        "prediction_id": prediction_id,
        "model_id": "pd",
        "model_version": "1",
        "predicted_at": "2024-01-05 10:00:00",
        "loaded_at": "2024-01-05 23:00:00",
        "score": 0.25,
        "predicted_class": "0",
        "region": "north",
        "income": 1000.0,
        "occupation": "clerk",
        "entity_id": prediction_id,
        "decision": "approve",
        "override_decision": None,
        "sex": "f",
    } | columns


def outcome(prediction_id: str | None, **columns: object) -> dict:
    """Return a sound row of the outcome log, with the given columns changed."""
    return {
        "prediction_id": prediction_id,
        "loaded_at": "2024-06-05 23:00:00",
        "observed_at": "2024-06-04 10:00:00",
        "outcome": 0.0,
        "outcome_status": "final",
    } | columns


def day(risk_date: str | None, **columns: object) -> dict:
    """Return a sound row of the market-risk log, with the given columns changed."""
    return {
        "risk_date": risk_date,
        "portfolio_id": "book",
        "model_id": "var",
        "model_version": "1",
        "var_990": 10.0,
        "pnl_actual": 1.0,
        "forecast_at": "2024-01-01 20:00:00",
        "loaded_at": "2024-12-01 06:00:00",
    } | columns


def greek(risk_date: str | None, **columns: object) -> dict:
    """Return a sound row of the log of sensitivities, with the given columns changed."""
    return {
        "risk_date": risk_date,
        "portfolio_id": "book",
        "factor": "index",
        "delta": 100.0,
        "shift_type": "relative",
        "shift_size": 0.01,
        "loaded_at": "2024-12-01 06:00:00",
    } | columns


class ToyBank:
    """A copy of the toy project in its own folder, and the warehouse file it is built in.

    The project as it stands is parsed once per process, whatever the number of copies.
    """

    parsed = None

    def __init__(self, folder: Path, prepare: Callable[[Path], None] | None = None) -> None:
        shutil.copytree(HERE / "toy_bank", folder, dirs_exist_ok=True)
        if prepare:
            prepare(folder)
        (folder / "packages.yml").write_text(f"packages:\n  - local: {HERE.parents[1]}\n")
        self.folder = folder
        self.database = folder / "toy_bank.duckdb"
        self.manifest = None
        self.reset()
        assert self._invoke(["deps"]).success
        if prepare:
            self.manifest = self._invoke(["parse"]).result
            return
        if ToyBank.parsed is None:
            ToyBank.parsed = self._invoke(["parse"]).result
        self.manifest = ToyBank.parsed

    def _invoke(self, arguments: list[str]):
        os.environ["DBT_DUCKDB_PATH"] = str(self.database)
        where = ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder), "--quiet"]
        return dbtRunner(manifest=self.manifest).invoke(arguments + where)

    def reset(self) -> None:
        """Start again with an empty warehouse: the log tables exist and hold nothing."""
        with self.connect() as connection:
            for schema in ("staging", "evidence", "registers", "raw"):
                connection.execute(f"drop schema if exists {schema} cascade")
            connection.execute("create schema raw")
            for table, columns in TABLES.items():
                connection.execute(f"create table raw.{table} ({columns})")
        self.register("pd", "1", "2024-01-01", "2024-01-31")

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the warehouse between builds."""
        connection = duckdb.connect(str(self.database))
        try:
            yield connection
        finally:
            connection.close()

    def load(self, table: str, rows: list[dict]) -> None:
        """Append rows to a raw table."""
        with self.connect() as connection:
            for row in rows:
                connection.execute(f"insert into raw.{table} values ({', '.join('?' * len(row))})", list(row.values()))

    def register(
        self, model_id: str, version: str, start: str | None, end: str | None, recorded: str = "2023-12-01"
    ) -> None:
        """Put a model version on the register."""
        with self.connect() as connection:
            connection.execute("insert into raw.models values (?, 'retail_banking', ?)", [model_id, recorded])
            connection.execute(
                "insert into raw.model_versions values (?, ?, ?, ?, ?)", [model_id, version, start, end, recorded]
            )

    def build(self, *arguments: str):
        """Run dbt on the whole project and return its result."""
        return self._invoke(["run", *arguments])

    def rows(self, query: str) -> list[tuple]:
        """Return the rows of a query on the warehouse."""
        with self.connect() as connection:
            return connection.execute(query).fetchall()
