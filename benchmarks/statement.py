"""One SQL statement in a process of its own: `statement.py DATABASE FILE MEMORY`; its result is a temporary table."""

import sys
from pathlib import Path

import duckdb

__all__ = ["main"]


def main(database: str, file: str, memory: str) -> None:
    """Execute the query of a file on a database that is only read."""
    connection = duckdb.connect(config={"threads": 2, "memory_limit": memory})
    # The compiled statement names its tables by the database that dbt built.
    connection.execute(f"attach '{database}' as bank (read_only); use bank")
    connection.execute(f"create temp table result as {Path(file).read_text()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
