"""What the warehouse says against the raw rows: counts by numpy, drift by scipy, AUC by scikit-learn."""

from collections import Counter
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from scipy.stats import ks_2samp, wasserstein_distance
from sklearn.metrics import roc_auc_score
from workload import CATEGORIES, DAYS, NUMBERS, OUTCOME_DELAY, day_of

__all__ = ["REFERENCE_DAYS", "VERSIONS", "auc_errors", "drift_errors", "miscounted_cells"]

REFERENCE_DAYS = 20
VERSIONS = ("1", "2")


def _day(workload: Path, log: str, day: int) -> pd.DataFrame:
    return pq.read_table(workload / log / f"load_date={day_of(day)}" / "part.parquet").to_pandas()


def _query(database: Path, statement: str) -> pd.DataFrame:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(statement).df()


def _bins(database: Path) -> dict[tuple[str, str], list]:
    """Return upper edges of numbers and categories in bin order, by version and variable."""
    frozen = _query(
        database,
        "select model_version, variable, variable_kind, upper_edge, category from evidence.evd_baselines "
        "where bin_id >= 0 order by bin_id",
    )
    bins = {}
    for row in frozen.itertuples():
        known = bins.setdefault((row.model_version, row.variable), [])
        if row.variable_kind == "categorical":
            known.append(row.category)
        elif not np.isnan(row.upper_edge):
            known.append(row.upper_edge)
    return bins


def _brute_force(values: pd.Series, bins: list, is_number: bool) -> dict[int, int]:
    """Count values on right-closed cells or on categories; -1 is missing, -2 a category that has no bin."""
    missing = values.isna().to_numpy()
    if is_number:
        found = np.searchsorted(bins, values[~missing].to_numpy(float), side="left")
    else:
        position = {category: index for index, category in enumerate(bins)}
        found = values[~missing].map(lambda category: position.get(category, -2)).to_numpy(int)
    counts = dict(zip(*(array.tolist() for array in np.unique(found, return_counts=True)), strict=True))
    return counts | ({-1: int(missing.sum())} if missing.any() else {})


def miscounted_cells(database: Path, workload: Path, last: int) -> tuple[int, int]:
    """Compare every count of the evidence, total and by segment, with the raw rows.

    Returns
    -------
    wrong, compared : int
        Cells whose counts differ, and cells that either side has.
    """
    bins = _bins(database)
    expected: Counter = Counter()
    for day in range(last + 1):
        frame = _day(workload, "predictions", day)
        for version in VERSIONS:
            of_version = frame[frame.model_version == version]
            cuts = [("all", "all", of_version)]
            for key in ("region", "channel"):
                cuts += [(key, value, part) for value, part in of_version.groupby(key)]
            for key, value, part in cuts:
                for variable in ["score", *NUMBERS, *CATEGORIES, "predicted_class"]:
                    is_number = variable not in (*CATEGORIES, "predicted_class")
                    counts = _brute_force(part[variable], bins[version, variable], is_number)
                    for bin_id, n in counts.items():
                        expected[version, str(day_of(day)), key, value, variable, bin_id] += n
    counted = _query(
        database,
        "select model_version, cast(event_date as varchar) as day, segment_key, segment_value, variable, bin_id, "
        "cast(sum(n) as bigint) as n from evidence.evd_feature_bins where bin_id <> -9 group by all having sum(n) <> 0",
    )
    found = {tuple(row[:-1]): row[-1] for row in counted.itertuples(index=False)}
    cells = expected.keys() | found.keys()
    return sum(expected.get(cell, 0) != found.get(cell, 0) for cell in cells), len(cells)


def drift_errors(database: Path, workload: Path, every: int = 4) -> tuple[float, float]:
    """Compare KS and Wasserstein of every fourth day after the reference with the same on the raw rows.

    Returns
    -------
    kolmogorov_smirnov : float
        Largest absolute error.
    wasserstein : float
        Largest relative error of distances above 0.05 standard deviations of the reference.
    """
    measured = _query(
        database,
        "select model_version, cast(period_start as date)::varchar as day, variable, metric, value "
        "from metrics.met_drift where segment_key = 'all' and period_grain = 'day' and metric in ('ks', 'wasserstein')",
    ).set_index(["model_version", "day", "variable", "metric"])["value"]
    numbers = ["score", *NUMBERS]
    reference = pd.concat(
        _day(workload, "predictions", day)[["model_version", *numbers]] for day in range(REFERENCE_DAYS)
    )
    kolmogorov, distance = 0.0, 0.0
    for day in range(REFERENCE_DAYS, DAYS, every):
        current = _day(workload, "predictions", day)
        for version in VERSIONS:
            for variable in numbers:
                old = reference.loc[reference.model_version == version, variable].dropna().to_numpy(float)
                new = current.loc[current.model_version == version, variable].dropna().to_numpy(float)
                key = (version, str(day_of(day)), variable)
                exact = ks_2samp(old, new, method="asymp").statistic
                kolmogorov = max(kolmogorov, abs(measured[*key, "ks"] - exact))
                exact = wasserstein_distance(old, new)
                if exact > 0.05 * old.std():
                    distance = max(distance, abs(measured[*key, "wasserstein"] / exact - 1))
    return kolmogorov, distance


def auc_errors(database: Path, workload: Path) -> tuple[float, int]:
    """Compare the AUC of every day after the reference with scikit-learn.

    Returns
    -------
    error : float
        Largest absolute error.
    outside : int
        Values farther off than their published bound.
    """
    measured = _query(
        database,
        "select model_version, cast(period_start as date)::varchar as day, value, error_bound "
        "from metrics.met_discrimination where segment_key = 'all' and period_grain = 'day' and metric = 'auc' "
        f"and value is not null and period_start >= date '{day_of(REFERENCE_DAYS)}'",
    )
    if measured.empty:
        raise ValueError("no AUC was measured")
    outcomes = pd.concat(
        _day(workload, "outcomes", day)[["prediction_id", "outcome"]]
        for day in range(REFERENCE_DAYS + OUTCOME_DELAY, DAYS + OUTCOME_DELAY)
    )
    frames = {
        str(day_of(day)): _day(workload, "predictions", day).merge(outcomes, on="prediction_id")
        for day in range(REFERENCE_DAYS, DAYS)
    }
    errors = []
    for row in measured.itertuples():
        frame = frames[row.day][frames[row.day].model_version == row.model_version]
        errors.append(abs(roc_auc_score(frame.outcome, frame.score) - row.value))
    return max(errors), int((np.array(errors) > measured.error_bound.to_numpy() + 1e-12).sum())
