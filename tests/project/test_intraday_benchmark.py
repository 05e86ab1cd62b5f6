"""The benchmark of an intraday run runs end to end on few rows; no time is asserted."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_benchmark_prints_its_tables(tmp_path):
    # One desk for both sizes: what is tested is that the tables come out.
    sizes = ["--days", "6", "6", "--rows", "200", "--batch", "300", "--repetitions", "1", "--batches", "0"]
    command = [sys.executable, ROOT / "benchmarks" / "intraday.py", "--folder", tmp_path, *sizes]
    printed = subprocess.run(command, capture_output=True, text=True, check=False)
    # The limit is judged on a quiet machine.
    assert "limit of 1.3 on the CPU seconds" in printed.stdout, printed.stderr[-3000:]
    assert "| 300 new rows, cpu s |" in printed.stdout
    assert "| kri_values |" in printed.stdout
