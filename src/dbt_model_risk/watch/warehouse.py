"""The project's DuckDB file, opened for a moment at a time and never held."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

__all__ = ["RowCounts", "State", "holder", "read_state"]

# Another process has the file, or this one has it open in another way.
HELD = (duckdb.IOException, duckdb.ConnectionException)


@dataclass(frozen=True)
class State:
    """What a progress line compares: rows admitted from the logs, and the status of every verdict."""

    rows: int = 0
    verdicts: dict[str, str] = field(default_factory=dict)


def holder(database: Path) -> str | None:
    """Return who keeps dbt from opening the file, as DuckDB says it; None where nobody does."""
    if not database.exists():
        return None
    try:
        duckdb.connect(str(database)).close()
    except HELD as error:
        return str(error).strip().splitlines()[0].partition(". However")[0]
    return None


def read_state(database: Path, *, admitted: list[str], evaluations: str | None) -> State | None:
    """Return what is in the warehouse now, None while somebody holds it; a table that is not built counts nothing.

    Parameters
    ----------
    admitted
        Relations of admitted predictions.
    evaluations
        Relation of the verdicts, where the project has them.
    """
    if not database.exists():
        return State()
    try:
        connection = duckdb.connect(str(database), read_only=True)
    except HELD:
        return None
    with connection:
        rows = sum(count for name in admitted for (count,) in read(connection, f"select count(*) from {name}"))
        verdicts = f"select evaluation_key, rag_status from {evaluations}"
        return State(rows, dict(read(connection, verdicts)) if evaluations else {})


def read(connection: duckdb.DuckDBPyConnection, statement: str) -> list[tuple]:
    """Return the rows of a query; none where its table does not exist."""
    try:
        return connection.execute(statement).fetchall()
    except duckdb.CatalogException:
        return []


class RowCounts:
    """The rows of tables that logs are read from, counted only when the database file has changed."""

    def __init__(self, database: Path, relations: list[str]) -> None:
        self.database = database
        self.relations = relations
        self.counted: dict[str, tuple[int, ...]] = {}
        self.signature: tuple = ()

    def __call__(self) -> dict[str, tuple[int, ...]]:
        """Return relation -> rows; while somebody holds the file, what was counted last."""
        signature = self.file_signature()
        if not self.relations or signature == self.signature:
            return self.counted
        try:
            with duckdb.connect(str(self.database), read_only=True) as connection:
                self.counted = {
                    name: count for name in self.relations for count in read(connection, f"select count(*) from {name}")
                }
        except HELD:
            return self.counted
        self.signature = signature
        return self.counted

    def file_signature(self) -> tuple:
        """Return time and size of the file and of its write-ahead log."""
        paths = [path for path in (self.database, Path(f"{self.database}.wal")) if path.exists()]
        return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in paths)
