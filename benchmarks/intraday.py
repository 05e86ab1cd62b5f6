"""One intraday run with a batch of 10,000 predictions, at 10 and at 300 days of history: what it costs and what grows.

    python benchmarks/intraday.py --folder /var/tmp/intraday

A desk whose log is a folder of Parquet files, one a day (live_desk.py), is built up to its last day. Then a child
process loads dbt as `watch` does, runs once with nothing new, and once more after a file of 10,000 predictions of the
next day has come: CPU seconds of all threads and wall seconds of that second run alone. The sizes take turns, each
repetition is a day of its own, and a ratio compares medians. At the end, at the smaller size, more batches of one day
say how a run grows within a day: what was loaded on a day is counted again with every batch of that day.
"""

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from live_desk import LiveDesk, day_of

__all__ = ["main"]

BATCH = 10_000
LIMIT = 1.3


def timed_runs(folder: Path, index: int, batches: int, rows: int) -> None:
    """Deliver batches of a day and run after each; print the cost of every run, the first without news, as JSON."""
    from dbt_model_risk.watch.runner import DbtRuns

    class TimedRuns(DbtRuns):
        """Runs that keep dbt's results."""

        def invoke(self, *arguments):
            self.result = super().invoke(*arguments)
            return self.result

    os.chdir(folder)
    desk = LiveDesk.opened(folder)
    day = day_of(index)
    runs = TimedRuns(project=folder, database=desk.database, as_of=day)
    runs.parse(day)
    costs = []
    for batch in range(batches + 1):
        if batch:
            desk.deliver(f"{day}_{batch:03d}.parquet", index, rows, start=f"{batch:02d}:00:00")
        wall, cpu = time.monotonic(), time.process_time()
        done = runs.run(dt.datetime.combine(day, dt.time(23)))
        costs.append(
            {
                "cpu": time.process_time() - cpu,
                "wall": time.monotonic() - wall,
                "nodes": {
                    one.node.name: one.execution_time for one in runs.result.result.results if one.execution_time
                },
            }
        )
        expected = f"{rows if batch else 0:,} new rows"
        assert done.summary.startswith(expected), f"{done.failures or done.summary}, expected {expected}"
    print(json.dumps(costs))


def measured(desk: LiveDesk, index: int, batches: int, rows: int) -> list[dict]:
    """Return the costs of the runs of a child process."""
    command = [sys.executable, __file__, "--child", *map(str, (desk.folder, index, batches, rows))]
    done = subprocess.run(command, env=desk.environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def desk_of(folder: Path, days: int, rows: int) -> LiveDesk:
    """Return the desk of so many days, built once and as it was built."""
    path = folder / f"desk_{days}_{rows}"
    if not (path / "complete").exists():
        LiveDesk(path, days=days, rows=rows).build()
        (path / "complete").touch()
    return LiveDesk.opened(path)


def show(title: str, header: tuple[str, ...], table: list[tuple]) -> None:
    """Print rows as a Markdown table."""
    print(f"\n## {title}\n\n| {' | '.join(header)} |\n|---{'|---:' * (len(header) - 1)}|")
    for name, *figures in table:
        cells = [figure if isinstance(figure, str) else f"{figure:.2f}" for figure in figures]
        print(f"| {' | '.join([name, *cells])} |", flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line, measure and print; exit with 1 where the work grows with the history."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="desks and their warehouses; kept")
    parser.add_argument("--days", type=int, nargs=2, default=[10, 300])
    parser.add_argument("--rows", type=int, default=2_000, help="predictions of a day of the history")
    parser.add_argument("--batch", type=int, default=BATCH, help="predictions of a batch")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--batches", type=int, default=20, help="batches of one day; 0 leaves that part out")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    small, large = sorted(options.days)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    desks = {days: desk_of(folder, days, options.rows) for days in (small, large)}
    costs = {days: [] for days in desks}
    for _ in range(options.repetitions):
        for days, desk in desks.items():
            costs[days].append(measured(desk, desk.next_day(), 1, options.batch))

    def median(days: int, batch: int, what: str) -> float:
        return statistics.median(runs[batch][what] for runs in costs[days])

    def node(days: int, name: str) -> float:
        return statistics.median(runs[1]["nodes"].get(name, 0.0) for runs in costs[days])

    table = []
    for name, batch in (("nothing new", 0), (f"{options.batch:,} new rows", 1)):
        for what in ("cpu", "wall"):
            few, many = median(small, batch, what), median(large, batch, what)
            table.append((f"{name}, {what} s", few, many, many / few))
    header = ("run", f"{small} days", f"{large} days", "ratio")
    show(f"An intraday run, {options.rows:,} predictions a day before it", header, table)
    names = sorted(costs[large][0][1]["nodes"], key=lambda name: -node(large, name))
    nodes = [
        (name, node(small, name), node(large, name), node(large, name) / max(node(small, name), 0.01)) for name in names
    ]
    show("Its nodes, wall s", ("node", *header[1:]), nodes)
    if options.batches:
        day = measured(desks[small], desks[small].next_day(), options.batches, options.batch)
        rows = [
            (f"batch {batch}", day[batch]["cpu"], day[batch]["wall"])
            for batch in sorted({1, 5, 10, options.batches})
            if batch < len(day)
        ]
        show(f"Batches of {options.batch:,} within one day, at {small} days", ("run", "CPU s", "wall s"), rows)
    ratio = table[2][3]
    print(f"\nlimit of {LIMIT} on the CPU seconds with new rows: {'kept' if ratio < LIMIT else 'broken'}")
    sys.exit(ratio >= LIMIT)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        timed_runs(Path(sys.argv[2]), *map(int, sys.argv[3:]))
    else:
        main()
