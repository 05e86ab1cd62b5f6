"""What all tests share: repeatable property tests, and how files are spread over several processes."""

import pytest
from hypothesis import settings

# `pytest --hypothesis-profile=default` draws new examples.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

SHARED = ["warehouse", "compiled"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep the tests that share an expensive fixture, or else a file, in one process."""
    for item in items:
        fixtures = [name for name in SHARED if name in getattr(item, "fixturenames", ())]
        item.add_marker(pytest.mark.xdist_group(fixtures[0] if fixtures else item.nodeid.partition("::")[0]))


def pytest_terminal_summary(terminalreporter):
    """Show what tests recorded as their `summary`, whichever process they ran in."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "summary":
                    terminalreporter.write_line(value)
