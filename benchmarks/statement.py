"""One SQL statement in a process of its own: `statement.py DATABASE FILE` keeps its result in a temporary table."""

import sys
from pathlib import Path

import duckdb

__all__ = ["main"]


def main(database: str, file: str) -> None:
    """Execute the query of a file on a database that is only read."""
    connection = duckdb.connect(database, read_only=True, config={"threads": 2})
    connection.execute(f"create temp table result as {Path(file).read_text()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
