"""The outbox and its log of deliveries in the warehouse."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dbt_model_risk.errors import UserError

__all__ = ["Step", "last_steps", "opened", "record", "unfinished_alerts"]

RETRY_SECONDS = 0.5


@dataclass(frozen=True)
class Step:
    """Where the delivery of an alert to one target stands."""

    alert_id: str
    target: str
    attempt: int
    state: str
    route_id: str
    is_possible_repeat: bool = False
    error: str | None = None


def opened(database: Path, *, wait_seconds: float = 0) -> duckdb.DuckDBPyConnection:
    """Return a connection that may write, once no other process has the file.

    Raises
    ------
    UserError
        Where there is no such file or outbox, or another process still writes after `wait_seconds`.
    """
    if not database.exists():
        raise UserError(f"No warehouse at {database}. Build it first: dbt build.")
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            connection = duckdb.connect(database)
            break
        except duckdb.Error as error:
            if "lock" not in str(error).lower() and "same database file" not in str(error):
                raise UserError(f"{database} cannot be opened: {error}") from error
            if time.monotonic() >= deadline:
                holder = re.search(r"PID \d+", str(error))
                raise UserError(
                    f"Another process{f' ({holder[0]})' if holder else ''} writes to {database}. "
                    "Try again when it is done, or wait for it with --wait SECONDS."
                ) from error
            time.sleep(RETRY_SECONDS)
    found = connection.execute(
        """
        select count(*) from information_schema.tables
        where (table_schema, table_name) in (('enterprise', 'alert_outbox'), ('policies', 'pol_alert_deliveries'))
        """
    ).fetchone()[0]
    if found < 2:
        connection.close()
        raise UserError(f"{database} has no enterprise.alert_outbox. Build it first: dbt build.")
    return connection


def unfinished_alerts(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    """Return the rows of the outbox that are neither silent nor delivered nor given up, in the order of the events."""
    found = connection.execute(
        """
        from enterprise.alert_outbox
        where not is_silent and delivery_state not in ('sent', 'unknown')
        order by evaluated_at, alert_key, sequence
        """
    )
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def last_steps(connection: duckdb.DuckDBPyConnection, alert_id: str) -> dict[str, Step]:
    """Return target -> the last step of an alert's delivery to it."""
    rows = connection.execute(
        """
        select alert_id, target, attempt, state, route_id, is_possible_repeat, error
        from policies.pol_alert_deliveries where alert_id = ? order by rowid
        """,
        [alert_id],
    ).fetchall()
    return {row[1]: Step(*row) for row in rows}


def record(connection: duckdb.DuckDBPyConnection, *steps: Step) -> None:
    """Write steps, all of them or none; they are on disk when this returns."""
    now = datetime.now(UTC).replace(tzinfo=None)
    connection.begin()
    for step in steps:
        connection.execute(
            """
            insert into policies.pol_alert_deliveries
                (alert_id, target, attempt, state, route_id, recorded_at, is_possible_repeat, error)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [step.alert_id, step.target, step.attempt, step.state, step.route_id, now]
            + [step.is_possible_repeat, step.error],
        )
    connection.commit()
