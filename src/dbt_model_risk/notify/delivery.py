"""Each alert to each target of its route once, whatever breaks off in between.

A step is written before a message goes out (`sending`) and after it (`sent` or `failed`). A `sending` without a result
is a run that was killed: the message is sent once more, says that it may be a repeat, and if that is cut off too, the
delivery is `unknown` and nobody sends it again. So a message arrives twice at most, and the log says when it may have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import duckdb

from dbt_model_risk.notify import message
from dbt_model_risk.notify.channels import Channels, Target
from dbt_model_risk.notify.warehouse import Step, last_steps, record, unfinished_alerts

__all__ = ["Report", "deliver"]


@dataclass
class Report:
    """What a run did."""

    sent: int = 0
    problems: list[str] = field(default_factory=list)


def deliver(
    connection: duckdb.DuckDBPyConnection,
    channels: Channels,
    *,
    attempts: int,
    tell: Callable[[str], None] = lambda line: None,
) -> Report:
    """Send what the outbox holds and nobody has; a target that fails does not stop the others.

    Parameters
    ----------
    attempts
        How often a message is tried at a target over all runs, once in a run.
    tell
        Gets one line per message sent.
    """
    report = Report()
    homeless: Counter[str] = Counter()
    for alert in unfinished_alerts(connection):
        targets = channels.targets(alert["route_id"])
        steps = last_steps(connection, alert["alert_id"])
        if not targets:
            homeless[alert["route_id"]] += 1
            continue
        if not steps:
            steps = {name: Step(alert["alert_id"], name, 0, "queued", alert["route_id"]) for name in targets}
            record(connection, *steps.values())
        for name, step in steps.items():
            after = advanced(connection, alert, step, targets.get(name), attempts=attempts)
            if after.state == "sent" and after != step:
                report.sent += 1
                repeat = ", perhaps for the second time" if after.is_possible_repeat else ""
                tell(f"Sent to {alert['route_id']} ({name}){repeat}: {message.title(alert)}")
            elif after.state != "sent":
                report.problems.append(f"{message.title(alert)}: {after.state} at {name}: {after.error}")
    report.problems += [f"{count} on the route {route}: no service has that tag" for route, count in homeless.items()]
    return report


def advanced(
    connection: duckdb.DuckDBPyConnection, alert: dict, step: Step, target: Target | None, *, attempts: int
) -> Step:
    """Return the step after this one; it is written, and so is the one before the message goes out."""
    if step.state in ("sent", "unknown"):
        return step
    if step.state == "sending" and step.is_possible_repeat:
        return written(connection, step, state="unknown", error="cut off twice; it may have arrived, look there")
    if target is None:
        return written(connection, step, state="unknown", error="the service has left the configuration")
    if step.state == "failed" and step.attempt >= attempts:
        return replace(step, error=f"{step.error} (given up after {step.attempt} attempts)")
    sending = written(
        connection,
        step,
        state="sending",
        attempt=step.attempt + 1,
        is_possible_repeat=step.is_possible_repeat or step.state == "sending",
        error=None,
    )
    text = message.body(alert, is_possible_repeat=sending.is_possible_repeat)
    error = target.send(title=message.title(alert), body=text, kind=message.kind(alert))
    return written(connection, sending, state="failed" if error else "sent", error=error)


def written(connection: duckdb.DuckDBPyConnection, step: Step, **changes) -> Step:
    after = replace(step, **changes)
    record(connection, after)
    return after
