"""The real logs onboarded by a consumer project, built by dbt, and the numbers that others published for them."""

import json
import os
import shutil
from pathlib import Path

import duckdb
import pandas as pd
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

__all__ = ["BY_OUTCOME", "DATA", "RealLogs", "published"]

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "data"
METRICS = ["met_performance", "met_drift", "met_market_risk", "met_grades", "met_fairness"]
# Read by tests, but no metrics of a period.
ASIDE = ["met_backtest_history", "evd_score_pairs", "evd_scores"]
LIVE = ["met_live_windows", "met_live_references", "met_live_score_counts", "met_live_window_estimates"]
# What is published for days before the last one too.
BY_OUTCOME = ["met_performance", "met_grades"]
ROWS = """
    select
        model_id, model_version, metric, period_grain,
        case period_grain
            when 'all' then 'all'
            when 'decade' then concat(year(period_end) // 10, '0s')
            when 'year' then strftime(period_end, '%Y')
            when 'quarter' then concat(year(period_end), 'Q', quarter(period_end))
            when 'month' then strftime(period_end, '%Y-%m')
            else cast(period_end as varchar)
        end as period,
        segment_key, segment_value, variable, value, p_value, error_bound, sample_size, status_reason
    from metrics.{table}
    where variable is null or segment_key in ('all', 'portfolio') or '{table}' = 'met_fairness'
"""


def published(dataset: str) -> dict:
    """Return what a data set's makers computed: definitions, bins and rows of one number each."""
    return json.loads((DATA / dataset / "expected.json").read_text())


class RealLogs:
    """A copy of the consumer project in its own folder, and the warehouse file it is built in."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(HERE / "real_logs", folder, dirs_exist_ok=True)
        (folder / "packages.yml").write_text(f"packages:\n  - local: {HERE.parents[1]}\n")
        self.folder = folder
        self.database = folder / "real_logs.duckdb"
        self.manifest = None
        self._invoke("deps")
        self.manifest = self._invoke("parse").result

    def _invoke(self, *arguments: str, **variables: str):
        os.environ["DBT_DUCKDB_PATH"] = str(self.database)
        where = ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder), "--quiet"]
        given = ["--vars", json.dumps({"data_folder": str(DATA)} | variables)] if arguments[0] != "deps" else []
        result = dbtRunner(manifest=self.manifest).invoke([*arguments, *where, *given])
        DuckDBConnectionManager.close_all_connections()
        assert result.success, result.exception or [r.message for r in result.result if r.status == "error"]
        return result

    @property
    def tables(self) -> list[str]:
        """The metric tables that the package has."""
        names = {node.name for node in self.manifest.nodes.values()}
        return [table for table in METRICS if table in names]

    def build(self) -> None:
        """Build the registers, the evidence and the metrics."""
        self._invoke("seed", "--select", "real_logs", "dbt_model_risk.scenarios", "monitoring_windows")
        self._invoke("run", "--select", *(f"+{table}" for table in [*self.tables, *ASIDE]))

    def measure(self, tables: list[str], **variables: str) -> pd.DataFrame:
        """Compute metrics anew from the evidence that is there, and return their rows."""
        self.compute(tables, **variables)
        return self.rows(tables)

    def compute(self, tables: list[str], **variables: str) -> None:
        """Compute tables anew, with every ancestor of theirs that comes after the evidence."""
        self._invoke("run", "--select", *(f"met_periods+,+{table}" for table in tables), **variables)

    def watch(self, **variables: str) -> None:
        """Compute the estimates of performance anew from the evidence that is there."""
        self._invoke("run", "--select", *LIVE, **variables)

    def rows(self, tables: list[str]) -> pd.DataFrame:
        """Return the rows of metric tables, with each period under the name that the published numbers use.

        Drift is published for whole periods only; its rows by segment stay out.
        """
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return pd.concat([connection.execute(ROWS.format(table=table)).df() for table in tables])

    def query(self, statement: str) -> list[tuple]:
        """Run one statement on the warehouse."""
        with duckdb.connect(str(self.database)) as connection:
            return connection.execute(statement).fetchall()

    def frame(self, statement: str) -> pd.DataFrame:
        """Return the rows of a query on the warehouse as a frame."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(statement).df()
