"""Messages after a run: the same as `dbt-model-risk notify` sends, and never the end of the loop."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from dbt_model_risk.watch.loop import Run

__all__ = ["notifier", "notifying"]

WAIT_SECONDS = 30
ATTEMPTS = 10


def notifying(run: Callable[[datetime], Run], send: Callable[[], str]) -> Callable[[datetime], Run]:
    """Return runs that send what is new afterwards; where that fails the run says so, and the next one tries again."""

    def run_and_send(moment: datetime) -> Run:
        done = run(moment)
        if done.failures or done.is_locked:
            return done
        try:
            said = send()
        # Whatever a channel raises, the figures are up to date and the loop goes on.
        except Exception as error:
            said = (
                f"NOT notified ({str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__})"
            )
        return replace(done, summary=f"{done.summary}, {said}")

    return run_and_send


def notifier(database: Path, config: Path | None, tell: Callable[[str], None]) -> Callable[[], str]:
    """Return what sends the alerts of a warehouse that nobody was told of yet, and says how many that were."""
    from dbt_model_risk.notify.channels import configured
    from dbt_model_risk.notify.delivery import deliver
    from dbt_model_risk.notify.warehouse import opened

    channels = configured(config, os.environ.get("DBT_MODEL_RISK_NOTIFY"))

    def send() -> str:
        with opened(database, wait_seconds=WAIT_SECONDS) as connection:
            report = deliver(connection, channels, attempts=ATTEMPTS, tell=tell)
        for problem in report.problems:
            tell(f"    not sent: {problem}")
        return f"{report.sent} messages sent" + (f", {len(report.problems)} not" if report.problems else "")

    return send
