"""Measure evidence on W(N) and print one table of figures and ratios.

    python benchmarks/run.py --rows 1e6 1e7 --repetitions 3 --folder /var/tmp/benchmark

Every case is a process of its own, and its figure is the CPU time of all its threads. The cases of a repetition run
one after the other, so a ratio compares two processes that saw the same machine; the table shows the least, the median
and the most of the repetitions. What is measured:

* `statement`: the evidence of all features of 59 days as one SQL statement, against a bare scan (sum, minimum, maximum,
  count) of the columns it counts. Start-up of the process is taken off both.
* `build`: `dbt run` of staging and evidence on an empty warehouse, less the same on a bank without rows.
* `day`: the same build on the next day, with a day of predictions or of outcomes that arrived since, or with neither.
* `fidelity`: counts against numpy on the raw rows; with --statistics also drift against scipy and AUC against
  scikit-learn.
* `suite`: with --statistics and --peers NAME=PYTHON, evidence, drift and performance against a library that runs in
  its own interpreter (see peers.py), per model version and day.
* `sample bank`: with --sample-bank, a second `dbt build` of this project.

W(N) is written below the folder once: 85 bytes of Parquet a row, and about a minute for 10M rows. --rows 1e8 needs
20 GB of disk. DuckDB gets --memory (2GB); the peak is that of the whole process, dbt included.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from bank import LOG, Bank
from children import Usage, interleave, run_child
from fidelity import REFERENCE_DAYS, VERSIONS, auc_errors, drift_errors, miscounted_cells
from workload import CATEGORIES, DAYS, NUMBERS, write_workload

__all__ = ["main", "measure"]

HERE = Path(__file__).parent
EVIDENCE = f"evd_{LOG}__predictions"
LAST = DAYS - 2
SLICES = len(VERSIONS) * (DAYS - REFERENCE_DAYS)
Row = tuple[str, list[float], str]


def scan_statement() -> str:
    """Return the query that reads what the evidence counts and does nothing else: the physical limit."""
    numbers = ["score", *NUMBERS]
    others = [*CATEGORIES, "predicted_class", "model_version", "predicted_at", "loaded_at", "region", "channel"]
    sums = [f"sum({name}) as sum_{name}" for name in numbers]
    extremes = [
        f"min({name}) as min_{name}, max({name}) as max_{name}, count({name}) as count_{name}"
        for name in [*numbers, *others]
    ]
    return f"select {', '.join(sums + extremes)} from raw.predictions"


class Measurement:
    """The processes measured on one bank of one size."""

    def __init__(self, folder: Path, rows: int, memory: str) -> None:
        self.workload = folder / f"w{rows}"
        write_workload(self.workload, rows)
        self.bank = Bank(folder / f"bank{rows}", self.workload, memory)
        self.memory = memory
        self.statements = folder / f"bank{rows}"
        self.bank.show(0, 0)
        self.bank.build(LAST)
        self.bank.keep("empty.duckdb")
        (self.statements / "start.sql").write_text("select 1 as one")
        (self.statements / "scan.sql").write_text(scan_statement())

    def statement(self, name: str) -> Usage:
        """Run one of the statements on the full bank."""
        database = self.statements / "full.duckdb"
        file = self.statements / f"{name}.sql"
        return run_child([sys.executable, str(HERE / "statement.py"), str(database), str(file), self.memory])

    def full(self) -> Usage:
        """Build the history up to the last day but one, from nothing."""
        self.bank.empty()
        self.bank.show(LAST + 1, LAST + 1)
        usage = self.bank.build(LAST)
        self.bank.keep("full.duckdb")
        (self.statements / "evidence.sql").write_text(self.bank.compiled(EVIDENCE))
        return usage

    def next_day(self, start: str = "full.duckdb", predictions: int = LAST + 1, outcomes: int = LAST + 1) -> Usage:
        """Build the day after, with what has arrived before these days of the workload."""
        self.bank.restore(start)
        if start == "empty.duckdb":
            predictions = outcomes = 0
        self.bank.show(predictions, outcomes)
        return self.bank.build(LAST + 1)

    def cases(self, *, with_days: bool) -> dict[str, Callable[[], Usage]]:
        """Return every case of a repetition, in order: the full build leaves what the others read."""
        cases = {
            "fixed": lambda: self.next_day("empty.duckdb"),
            "full": self.full,
            "start": lambda: self.statement("start"),
            "scan": lambda: self.statement("scan"),
            "evidence": lambda: self.statement("evidence"),
        }
        days = {
            "idle": self.next_day,
            "day": lambda: self.next_day(predictions=LAST + 2),
            "outcomes": lambda: self.next_day(outcomes=LAST + 2),
        }
        return cases | days if with_days else cases

    def suite(self) -> list[Usage]:
        """Build evidence, drift and performance of everything; first the same for a bank without rows."""
        used = []
        for until in (0, None):
            self.bank.empty()
            self.bank.show(until, until)
            used.append(self.bank.build(DAYS + 29, statistics=True))
        return used


def measure(
    folder: Path, rows: int, repetitions: int, memory: str, *, with_days: bool
) -> tuple[Measurement, list[Row]]:
    """Return the rows of the table for one size, each with a value per repetition and its target."""
    measurement = Measurement(folder, rows, memory)
    used = interleave(measurement.cases(with_days=with_days), repetitions)
    cpu = {name: [usage.cpu for usage in usages] for name, usages in used.items()}

    def beyond(case: str, base: str) -> list[float]:
        return [max(one - other, 1e-9) for one, other in zip(cpu[case], cpu[base], strict=True)]

    def ratio(left: list[float], right: list[float], scale: float = 1) -> list[float]:
        return [scale * one / other for one, other in zip(left, right, strict=True)]

    scan, built = beyond("scan", "start"), beyond("full", "fixed")
    table = [
        ("scan, CPU s", scan, ""),
        ("statement, CPU s", beyond("evidence", "start"), ""),
        ("statement / scan", ratio(beyond("evidence", "start"), scan), "<= 2.5 at 10M"),
        ("dbt fixed, CPU s", cpu["fixed"], ""),
        ("build, CPU s", built, ""),
        ("build / scan", ratio(built, scan), ""),
        ("build, CPU s per million rows", [value * 1e6 / rows for value in built], "flat within 20 %"),
        ("build, peak MB", [usage.peak_mb for usage in used["full"]], "<= 2500 at 100M"),
    ]
    if with_days:
        table += [
            ("day without news / build, %", ratio(beyond("idle", "fixed"), built, 100), ""),
            ("day of predictions / build, %", ratio(beyond("day", "fixed"), built, 100), "<= 3 at 10M"),
            ("day of outcomes / build, %", ratio(beyond("outcomes", "fixed"), built, 100), "<= 3 at 10M"),
        ]
    measurement.bank.restore("full.duckdb")
    wrong, cells = miscounted_cells(measurement.bank.database, measurement.workload, LAST)
    table += [("cells compared", [cells], ""), ("cells miscounted", [wrong], "0")]
    return measurement, table


def compare_statistics(measurement: Measurement, peers: list[str], slices: int) -> list[Row]:
    """Return the rows about drift and performance: how true they are, and what libraries need for the like of them."""
    fixed, full = measurement.suite()
    table = [("suite, CPU s", [full.cpu - fixed.cpu], ""), ("suite, peak MB", [full.peak_mb], "")]
    database = measurement.bank.database
    kolmogorov, wasserstein = drift_errors(database, measurement.workload)
    error, outside = auc_errors(database, measurement.workload)
    table += [
        ("KS, largest error", [kolmogorov], "<= 0.005"),
        ("Wasserstein, largest error where > 0.05 sd, %", [100 * wasserstein], "<= 3"),
        ("AUC, largest error", [error], "<= 0.001"),
        ("AUC, outside their bound", [outside], "0"),
    ]
    own = (full.cpu - fixed.cpu) / SLICES
    for peer in peers:
        name, _, python = peer.partition("=")
        command = [python, str(HERE / "peers.py"), name, str(measurement.workload)]
        idle, busy = run_child([*command, "0"]), run_child([*command, str(slices)])
        cpu = (busy.cpu - idle.cpu) / slices
        table += [
            (f"{name}, CPU s per slice", [cpu], ""),
            (f"{name} / suite per slice", [cpu / own], {"evidently": ">= 200", "nannyml": ">= 12"}.get(name, "")),
        ]
    return table


def sample_bank(folder: Path) -> list[Row]:
    """Return the row of a build of this project with nothing new."""
    environment = {"DBT_DUCKDB_PATH": str(folder / "sample_bank.duckdb")}
    command = [sys.executable, "-m", "dbt.cli.main", "--quiet", "build", "--target-path", str(folder / "sample_bank")]
    used = []
    for _ in range(2):
        try:
            used.append(run_child(command, HERE.parent, environment).cpu)
        except RuntimeError as error:
            # A gate that blocks ends the build with an error, after everything else was built.
            print(str(error)[-600:], file=sys.stderr)
            return [("sample bank, build failed", [float("nan")], "<= 15")]
    return [("sample bank, first build, CPU s", used[:1], ""), ("sample bank, nothing new, CPU s", used[1:], "<= 15")]


def show(title: str, table: list[Row]) -> None:
    """Print rows as a Markdown table."""
    print(f"\n## {title}\n\n| measured | least | median | most | target |\n|---|---:|---:|---:|---|")
    for name, values, target in table:
        figures = (min(values), statistics.median(values), max(values))
        print(f"| {name} | {' | '.join(f'{figure:.4g}' for figure in figures)} | {target} |", flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=float, nargs="+", default=[1e6])
    parser.add_argument("--folder", type=Path, required=True, help="workload, banks and results; kept")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--memory", default="2GB", help="memory limit of DuckDB")
    parser.add_argument("--statistics", action="store_true", help="also drift and performance, on the smallest --rows")
    parser.add_argument("--peers", nargs="*", default=[], metavar="NAME=PYTHON", help="with --statistics")
    parser.add_argument("--slices", type=int, default=4, help="model-version days that a peer measures")
    parser.add_argument("--sample-bank", action="store_true")
    parser.add_argument("--skip-days", action="store_true", help="leave out the builds of a next day")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = options.folder.resolve()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    for rows in sorted(map(int, options.rows)):
        measurement, table = measure(folder, rows, options.repetitions, options.memory, with_days=not options.skip_days)
        show(f"W({rows:,})", table)
        if options.statistics and rows == min(options.rows):
            show(f"Statistics on W({rows:,})", compare_statistics(measurement, options.peers, options.slices))
    if options.sample_bank:
        show("Sample bank", sample_bank(folder))


if __name__ == "__main__":
    main()
