"""Arrow building blocks of the sample bank: random streams, calendars, columns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache, wraps
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "LAST_EVENT_DAY",
    "LAST_LOAD_DAY",
    "artifact_hash",
    "at_second",
    "drawn_once",
    "event_days",
    "identifiers",
    "labels",
    "numbers",
    "random_stream",
    "scaled",
    "sigmoid",
    "standardised",
    "with_column",
]

ENTROPY = 20250630
STREAMS = ("retail_credit", "card_fraud", "wealth_churn", "return_forecast", "market_risk", "credit_lgd", "valuations")
LAST_EVENT_DAY = np.datetime64("2025-06-30")
LAST_LOAD_DAY = np.datetime64("2025-07-31")


def drawn_once(draw: Callable[[float], tuple[pa.Table, pa.Table]]) -> Callable[[float], tuple[pa.Table, pa.Table]]:
    """Keep what a log's generator returned: dbt asks for predictions and outcomes from two threads at once."""
    remembered = lru_cache(maxsize=2)(draw)
    lock = Lock()

    @wraps(draw)
    def drawn(scale: float) -> tuple[pa.Table, pa.Table]:
        with lock:
            return remembered(scale)

    drawn.cache_clear = remembered.cache_clear
    return drawn


def random_stream(log: str) -> np.random.Generator:
    """Return the generator of one log; a change in one log leaves the others as they are."""
    return np.random.default_rng(np.random.SeedSequence(ENTROPY).spawn(len(STREAMS))[STREAMS.index(log)])


def scaled(count: int, scale: float) -> int:
    """Return a planted count at a scale: never none, so that every fault exists at every scale."""
    return max(1, round(count * scale))


def event_days(
    rng: np.random.Generator, first: str, count: int, *, weekend_share: float, without: str | None = None
) -> np.ndarray:
    """Spread ``count`` events over the days from ``first`` to the last event day, in order.

    Parameters
    ----------
    weekend_share
        Volume of a Saturday or Sunday relative to a weekday.
    without
        A day that gets no event.
    """
    days = np.arange(np.datetime64(first), LAST_EVENT_DAY + 1)
    weight = np.where(np.is_busday(days), 1.0, weekend_share)
    if without is not None:
        weight[days == np.datetime64(without)] = 0.0
    return np.repeat(days, rng.multinomial(count, weight / weight.sum()))


def at_second(days: np.ndarray, seconds: np.ndarray | int) -> np.ndarray:
    """Return instants from days and seconds of the day."""
    return days.astype("datetime64[s]") + np.asarray(seconds).astype("timedelta64[s]")


def identifiers(prefix: str, keys: np.ndarray) -> pa.Array:
    """Return text keys such as ``rc-000017``."""
    digits = pc.utf8_lpad(pc.cast(pa.array(keys, pa.int64()), pa.string()), 6, padding="0")
    return pc.binary_join_element_wise(prefix, digits, "-")


def labels(codes: np.ndarray, names: tuple[str, ...], missing: np.ndarray | None = None) -> pa.Array:
    """Return category names from their positions in ``names``; null where missing."""
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32(), mask=missing), list(names)).cast(pa.string())


def numbers(values: np.ndarray, missing: np.ndarray | None = None, *, digits: int = 6) -> pa.Array:
    """Return doubles rounded as a source system would store them; null where missing."""
    return pa.array(np.round(values, digits), pa.float64(), mask=missing)


def sigmoid(logit: np.ndarray) -> np.ndarray:
    """Return the probability of a logit."""
    return 1.0 / (1.0 + np.exp(-logit))


def standardised(values: np.ndarray, mean: float, deviation: float, missing: np.ndarray | None = None) -> np.ndarray:
    """Return standard scores; a missing value counts as the mean."""
    scores = (values - mean) / deviation
    return scores if missing is None else np.where(missing, 0.0, scores)


def with_column(table: pa.Table, name: str, values: object) -> pa.Table:
    """Return the table with one column replaced by a column or by one value for every row."""
    position = table.schema.get_field_index(name)
    field = table.schema.field(position)
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        values = pa.repeat(pa.scalar(values, field.type), table.num_rows)
    return table.set_column(position, field, values.cast(field.type))


def artifact_hash(model_id: str, model_version: str) -> str:
    """Return the hash that register and log both give for a version's artefact."""
    return hashlib.sha256(f"{model_id}:{model_version}".encode()).hexdigest()
