"""Child processes whose CPU time and peak memory the kernel tells on their end."""

import os
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Usage", "interleave", "median_cpu", "run_child"]


@dataclass(frozen=True)
class Usage:
    """What one child process used: user and system seconds of all its threads, and its peak resident memory."""

    cpu: float
    peak_mb: float


def run_child(arguments: list[str], folder: Path | None = None, environment: dict[str, str] | None = None) -> Usage:
    """Run a command to its end and return what it used; a failing command raises with its last output."""
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            arguments, cwd=folder, env=os.environ | (environment or {}), stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            output.seek(0)
            raise RuntimeError(f"{' '.join(arguments)}\n{output.read().decode()[-3000:]}")
    return Usage(cpu=usage.ru_utime + usage.ru_stime, peak_mb=usage.ru_maxrss / 1024)


def interleave(cases: dict, repetitions: int) -> dict[str, list[Usage]]:
    """Run every case once, then every case again: a noisy minute hits all of them."""
    used = {name: [] for name in cases}
    for _ in range(repetitions):
        for name, case in cases.items():
            used[name].append(case())
    return used


def median_cpu(usages: list[Usage]) -> float:
    """Return the median CPU seconds of the repetitions."""
    return statistics.median(usage.cpu for usage in usages)
