"""What can be read from a relation or a file without asking: columns, types, and a look at the first rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dbt_model_risk.errors import UserError
from dbt_model_risk.scaffold.names import identifier

__all__ = ["SAMPLE_ROWS", "Column", "Relation", "connected", "located", "read_columns", "read_versions"]

SAMPLE_ROWS = 20_000
MAX_VERSIONS = 200
SHOWN_VALUES = 5
FILE_ENDINGS = (".parquet", ".csv", ".csv.gz", ".tsv")


@dataclass(frozen=True)
class Relation:
    """Where a log is: a file (as dbt will open it) or up to three parts of a table's name."""

    sql: str
    path: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column and what the first rows of it look like."""

    name: str
    data_type: str
    rows: int
    null_count: int = 0
    distinct_count: int = 0
    number_count: int = 0
    low: float | None = None
    median: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()

    @property
    def is_nested(self) -> bool:
        return self.data_type.endswith("]") or self.data_type.split("(")[0] in ("STRUCT", "MAP", "UNION", "BLOB")

    @property
    def is_time(self) -> bool:
        return self.data_type == "DATE" or self.data_type.startswith("TIMESTAMP")

    @property
    def is_number(self) -> bool:
        return self.data_type.split("(")[0] in NUMBERS

    @property
    def is_number_in_text(self) -> bool:
        return self.data_type == "VARCHAR" and 0 < self.number_count == self.rows - self.null_count


INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
NUMBERS = (*INTEGERS, "HUGEINT", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


def located(text: str, *, project: Path) -> Relation:
    """Return the relation that `text` names: a file by its ending or wildcard, else [database.][schema.]table.

    Raises
    ------
    UserError
        Where the path cannot stand in a dbt source, or the name has more than three parts.
    """
    if text.lower().endswith(FILE_ENDINGS) or "*" in text:
        if any(sign in text for sign in "{}'(\n"):
            raise UserError(f"dbt cannot open a path with braces, brackets or quotes: {text}. Rename the file.")
        path = Path(text)
        target = path if path.is_absolute() else project / path
        if not any(target.parent.glob(target.name)) and "*" not in str(target.parent):
            raise UserError(
                f"No file {text} in {project}. Paths count from the project folder, where dbt will open them."
            )
        return Relation("'" + str(target).replace("'", "''") + "'", path=path.as_posix())
    parts = tuple(part.strip('"') for part in text.split("."))
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise UserError(
            f"{text} is neither a file ({', '.join(FILE_ENDINGS)}) nor a relation. Write schema.table or a path."
        )
    return Relation(".".join(identifier(part) for part in parts), parts=parts)


@contextmanager
def connected(database: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection that can read and not write; without a database, one for files."""
    if database is None:
        with duckdb.connect() as connection:
            yield connection
        return
    if not database.exists():
        raise UserError(
            f"The project's database {database} does not exist yet. Load it first, or pass a Parquet or CSV file."
        )
    try:
        connection = duckdb.connect(str(database), read_only=True)
    except duckdb.Error as error:
        raise UserError(
            f"Cannot read {database}: {first_line(error)}. Close what holds it open (a running dbt?) and try again."
        ) from error
    with connection:
        yield connection


def read_columns(connection: duckdb.DuckDBPyConnection, relation: Relation) -> tuple[Column, ...]:
    """Return the relation's columns with their look over the first `SAMPLE_ROWS` rows.

    Raises
    ------
    UserError
        Where the relation cannot be read, or has no rows to look at.
    """
    try:
        sample = connection.sql(f"select * from {relation.sql} limit {SAMPLE_ROWS}").to_arrow_table()
    except duckdb.Error as error:
        raise UserError(f"Cannot read {relation.sql}: {first_line(error)}. Check the name and try again.") from error
    described = connection.sql(f"describe select * from {relation.sql}").fetchall()
    if sample.num_rows == 0:
        raise UserError(f"{relation.sql} has no rows, so nothing can be guessed. Scaffold when the first rows are in.")
    with duckdb.connect() as local:
        local.register("sample_rows", sample)
        return tuple(look(local, name, data_type, sample.num_rows) for name, data_type, *_ in described)


def look(connection: duckdb.DuckDBPyConnection, name: str, data_type: str, rows: int) -> Column:
    quoted = identifier(name)
    statement = f"""
        with cells as (select cast({quoted} as varchar) as cell from sample_rows where {quoted} is not null),
        readable as (select cell, try_cast(cell as double) as reading from cells),
        numbers as (select cell, case when isfinite(reading) then reading end as number from readable)
        select
            count(*), count(distinct cell), count(number), min(number), median(number), max(number),
            (select list(cell order by n desc, cell) from (
                select cell, count(*) as n from cells group by cell order by n desc, cell limit {SHOWN_VALUES}
            ))
        from numbers
    """
    filled, distinct, numbers, low, median, high, values = connection.sql(statement).fetchone()
    return Column(name, data_type, rows, rows - filled, distinct, numbers, low, median, high, tuple(values or ()))


def read_versions(
    connection: duckdb.DuckDBPyConnection, relation: Relation, *, model: str, version: str, time: str, artifact: str
) -> list[tuple[str, str, str, str, str | None]]:
    """Return model, version, first and last day and artefact hash of every version in the whole log.

    The arguments are SQL expressions over the relation. A hash is given only where a version has one.
    """
    statement = f"""
        select
            cast({model} as varchar), cast({version} as varchar),
            cast(min(cast(try_cast({time} as timestamp) as date)) as varchar),
            cast(max(cast(try_cast({time} as timestamp) as date)) as varchar),
            case when count(distinct {artifact}) = 1 then cast(min({artifact}) as varchar) end
        from {relation.sql}
        where {model} is not null and {version} is not null
        group by 1, 2 order by 1, 2 limit {MAX_VERSIONS + 1}
    """
    rows = connection.sql(statement).fetchall()
    if len(rows) > MAX_VERSIONS:
        raise UserError(
            f"More than {MAX_VERSIONS} model versions in {relation.sql}: {version} is not a version. "
            "Name the right column with --map model_version=COLUMN."
        )
    return rows


def first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")
