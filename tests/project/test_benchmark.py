"""The benchmark runs end to end on few rows; no time is asserted."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_benchmark_prints_its_table_and_counts_every_cell_right(tmp_path):
    command = [sys.executable, ROOT / "benchmarks" / "run.py", "--rows", "2e4", "--repetitions", "1", "--skip-days"]
    printed = subprocess.run([*command, "--folder", tmp_path], capture_output=True, text=True)
    assert printed.returncode == 0, printed.stderr[-3000:]
    cells = [[cell.strip() for cell in line.split("|")] for line in printed.stdout.splitlines() if line[:1] == "|"]
    table = {row[1]: row[2:5] for row in cells[2:]}
    assert {"statement / scan", "build / scan", "build, peak MB"} <= table.keys()
    assert float(table["cells compared"][0]) > 100_000
    assert table["cells miscounted"] == ["0", "0", "0"]
