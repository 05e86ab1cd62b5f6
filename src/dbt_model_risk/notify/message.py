"""What a person reads about a change of state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

__all__ = ["REPEAT_NOTICE", "body", "kind", "title"]

REPEAT_NOTICE = (
    "This may be a repeat: an earlier run was cut off before it could record whether it had sent this message."
)
KINDS = {"red": "failure", "amber": "warning", "green": "success"}


def title(alert: Mapping) -> str:
    """Return one line that says what became of which policy, model and sandbox."""
    subject = f"{alert['model_id']} {alert['model_version']}"
    if alert["segment_key"] != "all":
        subject += f" / {alert['segment_value']}"
    policy = alert["policy_name"] or alert["policy_id"]
    return f"{alert['rag_status'].upper()} {alert['event']}: {policy} on {subject} ({alert['sandbox_id']})"


def kind(alert: Mapping) -> str:
    """Return Apprise's kind of notification: failure, warning or success."""
    return KINDS[alert["rag_status"]]


def body(alert: Mapping, *, is_possible_repeat: bool = False) -> str:
    """Return the message: the verdict, the change, since when, who owns it, what to do and where the figure is.

    Parameters
    ----------
    alert
        A row of enterprise.alert_outbox.
    is_possible_repeat
        Whether the same message may have arrived before.
    """
    before = f"{alert['previous_status']} -> " if alert["previous_status"] else ""
    is_over = alert["event"] == "recovered"
    value, limit, unit = number(alert["kri_value"]), number(alert["threshold"]), alert["unit"] or ""
    subject = ", ".join([alert["sandbox_id"], f"{alert['model_id']} {alert['model_version']}", alert["policy_id"]])
    lines = [
        REPEAT_NOTICE if is_possible_repeat else None,
        alert["explanation"],
        f"Status: {before}{alert['rag_status']} as of {moment(alert['evaluated_at'])}",
        f"{'Was open' if is_over else 'Open'} since {moment(alert['opened_at'])}",
        f"Value and limit: {value} and {limit} {unit}".rstrip(),
        "Nobody was told of it before, since a waiver covered it." if was_waived(alert) else None,
        None if alert["segment_key"] == "all" else f"Segment: {alert['segment_key']} {alert['segment_value']}",
        f"Sandbox, model, policy: {subject}",
        f"Owner: {alert['owner_name'] or alert['owner_id'] or 'none'}",
        None if is_over or not alert["remedy"] else f"What to do: {alert['remedy']}",
        f"Evidence: {alert['evidence_ref'] or 'none'}",
        f"Alert {alert['alert_id']}, change {alert['sequence']} of this verdict",
    ]
    return "\n".join(line for line in lines if line)


def was_waived(alert: Mapping) -> bool:
    return alert["event"] == "opened" and alert["opened_at"] < alert["evaluated_at"]


def moment(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def number(figure: float | None) -> str:
    return "not known" if figure is None else f"{figure:.4f}".rstrip("0").rstrip(".")
