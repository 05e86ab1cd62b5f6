"""A consumer project whose logs are the workload's Parquet files, built by dbt in child processes."""

import json
import shutil
import sys
from pathlib import Path

import duckdb
from children import Usage, run_child
from workload import day_of

__all__ = ["LOG", "Bank"]

HERE = Path(__file__).parent
LOG = "retail_banking__scoring"
REGISTERS = """
    create schema raw;
    create table raw.models as
        select 'retail_pd' as model_id, 'retail_banking' as sandbox_id, 'binary' as problem_type,
            'higher_is_event' as score_direction, 30 as outcome_horizon_days,
            'day' as monitoring_grain, timestamp '2024-12-01' as recorded_at;
    create table raw.model_versions as
        select 'retail_pd' as model_id, model_version, date '2025-01-01' as baseline_from,
            date '2025-01-20' as baseline_to, 0.5 as decision_threshold, timestamp '2025-01-01' as deployed_at,
            cast(null as timestamp) as retired_at, timestamp '2024-12-01' as recorded_at
        from (values ('1'), ('2')) as versions (model_version);
"""


class Bank:
    """A copy of the benchmark project in its own folder, and the warehouse file it is built in."""

    def __init__(self, folder: Path, workload: Path, memory: str = "2GB") -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(HERE / "project", folder)
        (folder / "packages.yml").write_text(f"packages:\n  - local: {HERE.parent}\n")
        self.folder, self.workload, self.memory = folder, workload, memory
        self.database = folder / "bank.duckdb"
        self.builds = 0
        self.empty()
        self._dbt("deps")

    def _dbt(self, *arguments: str) -> Usage:
        environment = {"DBT_DUCKDB_PATH": str(self.database), "BENCHMARK_MEMORY": self.memory}
        return run_child([sys.executable, "-m", "dbt.cli.main", "--quiet", *arguments], self.folder, environment)

    def empty(self) -> None:
        """Start again with a warehouse of registers and views on the logs."""
        self.database.unlink(missing_ok=True)
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(REGISTERS)
        self.show()

    def show(self, predictions: int | None = None, outcomes: int | None = None) -> None:
        """Let the logs hold only what was loaded before these days of the workload, by default everything."""
        with duckdb.connect(str(self.database)) as connection:
            for log, until in (("predictions", predictions), ("outcomes", outcomes)):
                limit = "" if until is None else f" where loaded_at < timestamp '{day_of(until)}'"
                connection.execute(
                    f"create or replace view raw.{log} as select * exclude (load_date) "
                    f"from read_parquet('{self.workload}/{log}/*/*.parquet'){limit}"
                )

    def build(self, day: int, *arguments: str, statistics: bool = False) -> Usage:
        """Build what is known at the end of a day of the workload; every build parses the project anew."""
        self.builds += 1
        variables = {"as_of_date": str(day_of(day)), "statistics": statistics, "build": self.builds}
        return self._dbt("run", "--vars", json.dumps(variables), *arguments)

    def keep(self, name: str) -> None:
        """Remember the warehouse as it is."""
        shutil.copyfile(self.database, self.folder / name)

    def restore(self, name: str) -> None:
        """Return to a remembered warehouse."""
        shutil.copyfile(self.folder / name, self.database)

    def compiled(self, model: str) -> str:
        """Return the statement of a model as dbt compiled it in the last build."""
        return next((self.folder / "target" / "compiled").rglob(f"{model}.sql")).read_text()
