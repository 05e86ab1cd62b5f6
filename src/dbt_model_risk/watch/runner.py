"""dbt in this process: the project is parsed once a day and the selector run as often as asked."""

from __future__ import annotations

import gc
import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.utils import SourceConfig
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from dbt_model_risk.errors import UserError
from dbt_model_risk.watch.loop import Run
from dbt_model_risk.watch.news import file_patterns, log_sources
from dbt_model_risk.watch.warehouse import State, holder, read_state

__all__ = ["DbtRuns"]

# What a run does not need: artefacts and a log file of every statement, the summary on the screen, dbt's own lines.
QUIET = ("--no-write-json", "--no-print", "--log-level", "none", "--log-level-file", "warn")
# DuckDB's words where another process has the file.
LOCKED = "Could not set lock on file"


class DbtRuns:
    """Runs of one selector of one project.

    Parameters
    ----------
    project, database
        The folder of dbt_project.yml, and the DuckDB file of its profile.
    selector
        A selector of the project's selectors.yml; None for the models tagged intraday.
    as_of
        The day to answer for; None for the day of each run.
    variables
        Further vars.
    arguments
        Further arguments of dbt, such as --profiles-dir.
    """

    def __init__(
        self,
        *,
        project: Path,
        database: Path,
        selector: str | None = None,
        as_of: date | None = None,
        variables: dict[str, Any] | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        self.project, self.database, self.selector, self.as_of = project, database, selector, as_of
        self.variables = variables or {}
        self.arguments = ("--project-dir", str(project), *arguments)
        self.manifest: Manifest | None = None
        self.day: date | None = None
        self.state: State | None = None

    def parse(self, day: date) -> Manifest:
        """Load the project as it is for a day.

        Raises
        ------
        UserError
            Where it cannot be parsed.
        """
        result = self.invoke("parse", {"as_of_date": str(day)}, None, "--log-level", "none")
        if not result.success:
            raise UserError(f"The project cannot be parsed: {message_of(result.exception)}")
        manifest = result.result
        # Tests are not run here, and without them dbt sorts its graph in half the time.
        manifest.nodes = {name: node for name, node in manifest.nodes.items() if node.resource_type != "test"}
        manifest.unit_tests = {}
        self.manifest, self.day = manifest, day
        return manifest

    def run(self, moment: datetime) -> Run:
        """Run the selector for an instant and let go of the database."""
        day = self.as_of or moment.date()
        try:
            if day != self.day:
                self.parse(day)
        except UserError as error:
            return Run(failures=(error.message,))
        # A run that failed may have left a thread behind that opened the file since.
        let_go()
        held = holder(self.database)
        if held:
            return Run(failures=(held,), is_locked=True)
        before = self.state or self.read_state() or State()
        times = {"as_of_date": str(day)} | ({} if self.as_of else {"as_of_time": f"{moment:%Y-%m-%d %H:%M:%S}"})
        result = self.invoke("build", times, self.manifest, *self.selection(), *QUIET)
        if not result.success:
            failures = failures_of(result)
            # The error's traceback keeps the database open.
            del result
            let_go()
            # Locked: somebody was faster between the look and dbt.
            return Run(failures=failures, is_locked=all(LOCKED in failure for failure in failures))
        after = self.read_state()
        if after is None:
            return Run(summary="done; somebody held the database before its changes were counted")
        self.state = after
        return Run(summary=summary(before, after))

    def selection(self) -> tuple[str, str]:
        """Return dbt's arguments that say what to build; a project does not see the selectors of its packages."""
        return ("--selector", self.selector) if self.selector else ("--select", "tag:intraday")

    def invoke(self, command: str, times: dict[str, str], manifest: Manifest | None, *arguments: str):
        """Run a dbt command; afterwards nothing of this process has the database open."""
        given = ("--vars", json.dumps(self.variables | times), *self.arguments)
        try:
            return dbtRunner(manifest=manifest).invoke([command, *arguments, *given])
        finally:
            let_go()

    def read_state(self) -> State | None:
        """Return what the warehouse holds now; None while somebody else holds it."""
        names = {node.name: node.relation_name for node in self.manifest.nodes.values()}
        admitted = [names[f"stg_{log}__admitted"] for log in self.live_logs() if f"stg_{log}__admitted" in names]
        return read_state(self.database, admitted=admitted, evaluations=names.get("pol_evaluations"))

    def live_logs(self) -> list[str]:
        """Return the logs whose models are tagged, by the names of their admitted rows."""
        names = [node.name for node in self.manifest.nodes.values() if "intraday" in node.tags]
        return [name[4:-10] for name in names if name.startswith("stg_") and name.endswith("__admitted")]

    def places(self) -> tuple[list[str], list[str]]:
        """Return where the live logs come from: globs of local files, and tables of this database."""
        staging = {f"stg_{log}{kind}" for log in self.live_logs() for kind in ("", "__outcomes")}
        parents = {name: node.depends_on_nodes for name, node in self.manifest.nodes.items()}
        ids = [name for name, node in self.manifest.nodes.items() if node.name in staging]
        patterns, tables = [], []
        for source in (self.manifest.sources[name] for name in log_sources(parents, ids)):
            config = SourceConfig.create_from_source(source)
            if "external_location" in config:
                patterns += file_patterns(config["external_location"].format_map(config.as_dict()), self.project)
            elif source.database == self.database.stem:
                tables.append(source.relation_name)
        return patterns, tables


def let_go() -> None:
    """Close the database in this process; what still refers to it in circles is collected."""
    DuckDBConnectionManager.close_all_connections()
    gc.collect()


def summary(before: State, after: State) -> str:
    """Return what a run changed."""
    keys = before.verdicts.keys() | after.verdicts.keys()
    changed = sum(before.verdicts.get(key) != after.verdicts.get(key) for key in keys)
    red = sum(status == "red" for status in after.verdicts.values())
    return f"{after.rows - before.rows:,} new rows, verdicts: {changed} changed, {red} red"


def failures_of(result) -> tuple[str, ...]:
    """Return a line per failed node, or the one that says why nothing ran."""
    results = getattr(result.result, "results", None) or []
    failed = [f"{one.node.name}: {message_of(one.message)}" for one in results if one.status in ("error", "fail")]
    return tuple(failed) or (message_of(result.exception),)


def message_of(error: object) -> str:
    """Return an error in one line, without dbt's heading and without the statement it quotes."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    lines = [
        line for line in lines if not re.match(r"(Runtime|Database|Compilation|Parsing) Error|LINE \d+:|\^$", line)
    ]
    return lines[0].partition(". However, you would")[0] if lines else "unknown error"
