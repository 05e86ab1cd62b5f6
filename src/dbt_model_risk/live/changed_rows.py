"""The rows that an incremental table of windows has to compute again."""

from __future__ import annotations

import pandas as pd

__all__ = ["changed_rows"]


def changed_rows(relation, *, computed, as_of_date: str) -> pd.DataFrame:
    """Return the rows that were learned on the last day computed or later; all of them for a day before that.

    What macro changed_windows says in SQL.

    Parameters
    ----------
    relation
        DuckDB relation with a column known_until.
    computed
        DuckDB relation of what is there already, with the same column; None in a first run.
    as_of_date
        Day of the answer, ISO.
    """
    last = computed.aggregate("max(known_until)").fetchone()[0] if computed is not None else None
    if last is None or pd.Timestamp(last) > pd.Timestamp(as_of_date):
        return relation.df()
    return relation.filter(f"known_until >= date '{pd.Timestamp(last):%Y-%m-%d}'").df()
