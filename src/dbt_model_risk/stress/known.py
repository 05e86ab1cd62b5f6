"""Registers as they were known on the day that an answer is for."""

from __future__ import annotations

import pandas as pd

__all__ = ["known_register"]


def known_register(register: pd.DataFrame, key: list[str], *, as_of_date: str) -> pd.DataFrame:
    """Return the last row of each key among those recorded up to the end of a day.

    Parameters
    ----------
    register
        With ``recorded_at``; of rows recorded at the same time the last one counts.
    key
        Columns that say what a row is about.
    as_of_date
        ISO 8601.
    """
    after = pd.Timestamp(as_of_date) + pd.Timedelta(days=1)
    known = register[register["recorded_at"] < after].sort_values("recorded_at", kind="stable")
    return known.drop_duplicates(key, keep="last").reset_index(drop=True)
