"""A file dropped into a log's folder while `watch` runs, until it is in the warehouse; broken files; the end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from live_desk import LOG, LiveDesk, day_of

DAYS, ROWS, NEW_ROWS = 8, 500, 10_000
PATIENCE_SECONDS = 300
ARRIVED = """
    select max(sample_size) from wealth_management.drift_monitor
    where period_grain = 'day' and period_start = date '{day}' and metric = 'psi' and variable = 'score'
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk with some days of history, its baseline frozen and everything built up to yesterday."""
    desk = LiveDesk(tmp_path_factory.mktemp("live") / "desk", days=DAYS, rows=ROWS)
    desk.build()
    return desk


class Watching:
    """The command `watch` in a process of its own, answering for the day after the history."""

    def __init__(self, desk):
        self.desk, self.output = desk, desk.folder / "watch.out"
        command = [sys.executable, "-c", "from dbt_model_risk.cli import main; main()"]
        options = ["watch", "--as-of", str(day_of(DAYS)), "--every", "3600", "--poll", "0.5"]
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [*command, *options], cwd=desk.folder, env=desk.environment, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def said(self):
        return self.output.read_text()

    def until(self, happened):
        """Wait for something; return the seconds that it took and what came of it."""
        started = time.monotonic()
        while time.monotonic() - started < PATIENCE_SECONDS:
            found = happened()
            if found:
                return time.monotonic() - started, found
            assert self.process.poll() is None, self.said
            time.sleep(0.2)
        pytest.fail(f"nothing happened in {PATIENCE_SECONDS} s:\n{self.said}")

    def runs(self):
        """Return how many runs ended."""
        return self.said.count("  run ")

    def counted(self):
        """Return the counted rows of the day. Between runs only: a reader would keep `watch` waiting."""
        return self.desk.query(ARRIVED.format(day=day_of(DAYS)))

    def stop(self):
        """Ask for an end as a service manager does, and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def watching(desk):
    """A watch after its first run."""
    watching = Watching(desk)
    try:
        watching.until(watching.runs)
        yield watching
    finally:
        if watching.process.poll() is None:
            os.kill(watching.process.pid, signal.SIGKILL)
            watching.process.wait()


def test_a_file_with_ten_thousand_predictions_arrives(desk, watching, record_property):
    assert "run 1: 0 new rows" in watching.said, watching.said
    desk.deliver("first.parquet", DAYS, NEW_ROWS)
    seconds, _ = watching.until(lambda: watching.runs() == 2)
    assert "run 2: 10,000 new rows" in watching.said, watching.said
    assert watching.counted() == [(NEW_ROWS,)]
    record_property("summary", f"watch: {NEW_ROWS:,} predictions in drift_monitor {seconds:.1f} s after their file")


def test_a_file_that_cannot_be_read_is_named_and_the_loop_goes_on(desk, watching):
    (desk.log / "half.parquet").write_bytes(b"PAR1")
    watching.until(lambda: "FAILED" in watching.said)
    assert f"stg_{LOG}__admitted: " in watching.said
    assert "half.parquet" in watching.said
    (desk.log / "half.parquet").unlink()
    desk.deliver("second.parquet", DAYS, 100, start="12:00:00")
    watching.until(lambda: ": 100 new rows" in watching.said)
    assert watching.counted() == [(NEW_ROWS + 100,)]


def test_a_file_under_way_is_let_alone(desk, watching):
    runs = watching.runs()
    (desk.log / "under_way.parquet.tmp").write_bytes(b"PAR1")
    time.sleep(2)
    assert watching.runs() == runs


def test_it_stops_when_asked_and_leaves_the_database_free(desk, watching):
    assert watching.stop() == 0
    assert watching.said.endswith("Stopped\n")
    with duckdb.connect(str(desk.database)) as connection:
        assert connection.execute(ARRIVED.format(day=day_of(DAYS))).fetchall() == [(NEW_ROWS + 100,)]
