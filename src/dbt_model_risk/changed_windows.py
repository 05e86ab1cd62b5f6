"""Which rows an incremental Python model has to compute again."""

from __future__ import annotations

from typing import Any

__all__ = ["changed_windows"]


def changed_windows(dbt: Any, session: Any, table: Any, *, as_of_date: str) -> Any:
    """Return the rows of a table with known_until that a live table has to compute again, as the SQL macro does.

    Parameters
    ----------
    dbt, session
        What a Python model is given; the model's own table has a column known_until.
    table
        A relation with a column known_until: windows, or counts of windows.
    as_of_date
        Day of the answer, ISO. Where the live table was last computed for a later day, all rows are returned.
    """
    if not dbt.is_incremental:
        return table
    latest = session.execute(f"select cast(max(known_until) as date) from {dbt.this}").fetchone()[0]
    if latest is None or str(latest) > as_of_date:
        return table
    return table.filter(f"known_until >= date '{latest}'")
