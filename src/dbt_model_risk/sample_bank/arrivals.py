"""When logged rows reach the warehouse, and how that goes wrong: late, twice, corrected, broken."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dbt_model_risk.sample_bank.frames import LAST_EVENT_DAY, LAST_LOAD_DAY, at_second, identifiers, scaled, with_column

__all__ = ["Fault", "broken_copies", "duplicated_rows", "load_times", "outcome_rows", "sampled_rows"]

PREDICTION_LOAD_SECOND = 23 * 3600 + 1800
OUTCOME_LOAD_SECOND = 23 * 3600 + 2700
NEXT_MORNING_SECOND = 6 * 3600
NEXT_MORNING_SHARE = 0.03
# Planted rows stay clear of the newest days, so that all of them are known on the day the sample bank is judged.
OLD_ENOUGH_SHARE = 0.93
SETTLING_DAYS = 45

# Column to break, the value it gets, rows at scale 1.
Fault = tuple[str, object, int]

OUTCOMES = pa.schema(
    [
        ("prediction_id", pa.string()),
        ("observed_at", pa.timestamp("us")),
        ("loaded_at", pa.timestamp("us")),
        ("outcome", pa.float64()),
        ("amount", pa.float64()),
        ("outcome_status", pa.string()),
    ]
)


def sampled_rows(rng: np.random.Generator, row_count: int, count: int) -> np.ndarray:
    """Return ``count`` distinct positions among the older rows of a log in time order."""
    return np.sort(rng.choice(int(row_count * OLD_ENOUGH_SHARE), count, replace=False))


def load_times(rng: np.random.Generator, days: np.ndarray, late_count: int) -> np.ndarray:
    """Return load times of the days' predictions: the same night, some the next morning, a few days late.

    Parameters
    ----------
    late_count
        How many rows arrive 3 to 20 days after their prediction.
    """
    is_next_morning = rng.random(days.size) < NEXT_MORNING_SHARE
    loaded = at_second(days + is_next_morning, np.where(is_next_morning, NEXT_MORNING_SECOND, PREDICTION_LOAD_SECOND))
    late = sampled_rows(rng, days.size, late_count)
    loaded[late] = at_second(days[late] + rng.integers(3, 21, late_count), PREDICTION_LOAD_SECOND)
    return loaded


def duplicated_rows(log: pa.Table, rng: np.random.Generator, *, later: int, same: int) -> pa.Table:
    """Return the log with rows delivered twice: ``later`` of them a day after, ``same`` at the same instant."""
    rows = sampled_rows(rng, log.num_rows, later + same)
    rng.shuffle(rows)
    again = log.take(rows[:later])
    next_day = pc.add(again["loaded_at"], pa.scalar(np.timedelta64(86_400_000_000, "us")))
    return pa.concat_tables([log, with_column(again, "loaded_at", next_day), log.take(rows[later:])])


def broken_copies(
    log: pa.Table, rng: np.random.Generator, faults: Mapping[str, Fault], *, key_prefix: str, scale: float
) -> pa.Table:
    """Return rows that break the contract, one fault each: copies under keys of their own.

    Parameters
    ----------
    faults
        By reject reason: the column to break, the value it gets and the number of rows at scale 1.
    """
    copies = []
    for reason, (column, value, count) in faults.items():
        rows = log.take(sampled_rows(rng, log.num_rows, scaled(count, scale)))
        keys = identifiers(f"{key_prefix}-{reason}", np.arange(rows.num_rows))
        copies.append(with_column(with_column(rows, "prediction_id", keys), column, value))
    return pa.concat_tables(copies)


def outcome_rows(
    prediction_ids: pa.Array,
    observed_at: np.ndarray,
    outcome: np.ndarray,
    amount: np.ndarray,
    rng: np.random.Generator,
    *,
    scale: float,
    late: int,
    corrected: int,
    excluded: int,
    lost_share: float = 0.004,
) -> pa.Table:
    """Return an outcome log: the observations known so far, and what later became of some.

    Parameters
    ----------
    late, corrected, excluded
        Rows at scale 1 that load 10 to 40 days late, are restated 15 days after, or are withdrawn 20 days after.
    lost_share
        Share of predictions whose outcome never arrives.
    """
    days = observed_at.astype("datetime64[D]")
    loaded_at = at_second(days, OUTCOME_LOAD_SECOND)
    arrived = np.flatnonzero((rng.random(days.size) >= lost_share) & (days <= LAST_LOAD_DAY))
    arrived = arrived[np.argsort(days[arrived], kind="stable")]
    settled = arrived[days[arrived] <= LAST_EVENT_DAY - SETTLING_DAYS]
    picked = rng.choice(settled, sum(scaled(n, scale) for n in (late, corrected, excluded)), replace=False)
    late_rows, restated, withdrawn = np.split(picked, np.cumsum([scaled(late, scale), scaled(corrected, scale)]))
    loaded_at[late_rows] += rng.integers(10, 41, late_rows.size).astype("timedelta64[D]")
    rows = np.concatenate([arrived, restated, withdrawn])
    was_restated = np.arange(rows.size) >= arrived.size
    is_withdrawn = np.arange(rows.size) >= arrived.size + restated.size
    delay = np.where(is_withdrawn, 20, np.where(was_restated, 15, 0)).astype("timedelta64[D]")
    value = np.where(was_restated, restatement(outcome[rows]), outcome[rows])
    return pa.table(
        [
            prediction_ids.take(pa.array(rows)),
            pa.array(observed_at[rows].astype("datetime64[us]")),
            pa.array((loaded_at[rows] + delay).astype("datetime64[us]")),
            pa.array(value, mask=is_withdrawn),
            pa.array(np.round(amount[rows], 2), mask=is_withdrawn),
            pc.if_else(pa.array(is_withdrawn), "excluded", "final"),
        ],
        schema=OUTCOMES,
    )


def restatement(outcome: np.ndarray) -> np.ndarray:
    """Return what an outcome is corrected to: the other class, or a return one point lower."""
    is_class = np.isin(outcome, (0.0, 1.0)).all()
    return 1.0 - outcome if is_class else np.round(outcome - 0.01, 6)
