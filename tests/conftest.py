"""What all tests share: repeatable property tests, and how files are spread over several processes."""

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

# `pytest --hypothesis-profile=default` draws new examples.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

ROOT = Path(__file__).parents[1]
# Files that ask for an expensive fixture of the session run in one process.
SHARED = {
    name: re.compile(rf"^def \w+\([^)]*\b({names})\b", re.MULTILINE)
    for name, names in {"warehouse": "warehouse", "compiled": "compiled|evaluate"}.items()
}


@cache
def group_of(file: str) -> str:
    """Return the expensive fixture that a test file shares with others, or else the file itself."""
    text = (ROOT / file).read_text()
    return next((name for name, pattern in SHARED.items() if pattern.search(text)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each process whole groups of files (xdist 3.8's own groups do nothing under pytest 9.2)."""
    from xdist.scheduler import LoadScopeScheduling  # only where tests are spread

    class SharedFixtureScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group_of(nodeid.partition("::")[0])

    return SharedFixtureScheduling(config, log)


def pytest_terminal_summary(terminalreporter):
    """Show what tests recorded as their `summary`, whichever process they ran in."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "summary":
                    terminalreporter.write_line(value)
