"""W(N): a prediction log of N rows over 60 days and its outcomes 30 days later, as Parquet files by load day.

One model with a champion and a challenger version, two segment columns, 20 numeric features (8 continuous, 6 amounts,
6 counts, some with missing values), 5 categorical features and a score. Two features and the score's calibration
start to drift on day 40. A day holds the same rows whatever else is generated.
"""

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["CATEGORIES", "DAYS", "FIRST_DAY", "NUMBERS", "OUTCOME_DELAY", "day_of", "write_workload"]

FIRST_DAY = dt.date(2025, 1, 1)
DAYS = 60
OUTCOME_DELAY = 30
NUMBERS = [f"n{index:02d}" for index in range(1, 21)]
CATEGORIES = [f"c{index}" for index in range(1, 6)]
CARDINALITIES = [3, 5, 10, 20, 50]


def day_of(index: int) -> dt.date:
    """Return the date of a day of the workload; day 0 is the first."""
    return FIRST_DAY + dt.timedelta(days=index)


def _numbers(generator: np.random.Generator, n: int, drift: float) -> tuple[dict[str, pa.Array], np.ndarray]:
    """Return the numeric features of a day, and the continuous ones as the matrix that the score is made of."""
    normal = generator.standard_normal((8, n))
    normal[1] = normal[1] * (1 + 0.3 * drift) + 0.5 * drift
    values = list(normal)
    for k in range(6):
        values.append(np.round(np.exp(0.8 * generator.standard_normal(n) + k + 2), 2) * (1 + 0.4 * drift * (k == 2)))
    for k in range(6):
        values.append(generator.poisson(2.0 + 6 * k, n).astype(np.int32))
    columns = {}
    for k, (name, column) in enumerate(zip(NUMBERS, values, strict=True)):
        columns[name] = pa.array(column, mask=generator.random(n) < 0.02 if k % 3 == 0 else None)
    return columns, normal


def _categories(generator: np.random.Generator, n: int, drift: float) -> dict[str, pa.Array]:
    """Return the categorical features of a day, as text."""
    columns = {}
    for name, cardinality in zip(CATEGORIES, CARDINALITIES, strict=True):
        shares = np.arange(1, cardinality + 1) ** -(1 + 0.5 * drift * (name == "c3"))
        codes = generator.choice(cardinality, n, p=shares / shares.sum())
        missing = generator.random(n) < 0.01 if name == "c5" else None
        columns[name] = _text(codes, [f"{name}_{code:02d}" for code in range(cardinality)], missing)
    return columns


def _text(codes: np.ndarray, names: list[str], mask: np.ndarray | None = None) -> pa.Array:
    indices = pa.array(codes.astype(np.int8), mask=mask)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names)).cast(pa.string())


def _day(index: int, n: int, first_id: int, repeats: int) -> tuple[pa.Table, pa.Table]:
    """Return the predictions made on a day and the outcomes observed for them later."""
    generator = np.random.default_rng([7, index])
    drift = max(0, index - 40) / 20
    start = np.datetime64(day_of(index), "us")
    seconds = np.sort(generator.integers(0, 80_000, n))
    numbers, normal = _numbers(generator, n, drift)
    logit = -2 + 0.9 * normal[0] + 0.5 * normal[1] - 0.4 * normal[2] + 0.15 * generator.standard_normal(n)
    score = 1 / (1 + np.exp(-logit))
    event = generator.random(n) < 1 / (1 + np.exp(-(logit * (1 - 0.2 * drift) + 0.3 * drift)))
    ids = pa.array([f"p{number:011d}" for number in range(first_id, first_id + n)])
    predictions = pa.table(
        {
            "prediction_id": ids,
            "model_version": _text(generator.random(n) < 0.3, ["1", "2"]),
            "predicted_at": pa.array(start + seconds.astype("timedelta64[s]")),
            "loaded_at": pa.array(start + (seconds + 3_600).astype("timedelta64[s]")),
            "score": pa.array(score),
            "predicted_class": _text(score > 0.5, ["0", "1"]),
            "region": _text(generator.choice(4, n, p=[0.4, 0.3, 0.2, 0.1]), ["north", "south", "east", "west"]),
            "channel": _text(generator.choice(2, n), ["branch", "online"]),
            **numbers,
            **_categories(generator, n, drift),
        }
    )
    # The same rows delivered again within the hour.
    predictions = pa.concat_tables([predictions, predictions.slice(0, repeats)])
    later = start + np.timedelta64(OUTCOME_DELAY, "D") + seconds.astype("timedelta64[s]")
    outcomes = pa.table(
        {
            "prediction_id": ids,
            "observed_at": pa.array(later),
            "loaded_at": pa.array(later + np.timedelta64(3_600, "s")),
            "outcome": pa.array(event.astype(np.int8)),
        }
    )
    return predictions, outcomes.filter(pa.array(generator.random(n) < 0.97))


def write_workload(folder: Path, rows: int, repeats: int = 0) -> None:
    """Write W(rows) below a folder, once.

    Parameters
    ----------
    folder : Path
        Receives `predictions/load_date=*/part.parquet` and `outcomes/load_date=*/part.parquet`.
    rows : int
        Predictions over the 60 days.
    repeats : int
        Rows of every day that are delivered twice.
    """
    if (folder / "complete").exists():
        return
    cuts = np.linspace(0, rows, DAYS + 1).astype(int)
    for index in range(DAYS):
        predictions, outcomes = _day(index, int(cuts[index + 1] - cuts[index]), int(cuts[index]), repeats)
        for name, table, loaded in (("predictions", predictions, index), ("outcomes", outcomes, index + OUTCOME_DELAY)):
            target = folder / name / f"load_date={day_of(loaded)}"
            target.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, target / "part.parquet", compression="zstd", row_group_size=122_880)
    (folder / "complete").touch()
