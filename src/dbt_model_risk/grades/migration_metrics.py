"""The table of migration metrics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dbt_model_risk.grades.migration import matrix_weighted_bandwidth, migration_z
from dbt_model_risk.grades.tables import COHORT
from dbt_model_risk.market_risk.scores import wilson_interval
from dbt_model_risk.metric_block import metric_block
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["migration_metrics"]

SIGNIFICANCE = 0.05


def migration_metrics(migrations: pd.DataFrame, *, as_of_date: str, minimum_sample: int) -> pd.DataFrame:
    """Return how the cases of every cohort moved between grades.

    Parameters
    ----------
    migrations
        Rows of met_grade_migrations: per cohort one row of all pairs, without grades, and one per pair of grades.
    as_of_date
        Day of the answer, ISO; becomes known_date.
    minimum_sample
        Fewest pairs of a cohort to be judged.

    Returns
    -------
    pandas.DataFrame
        Metric rows (see metric_frame), ordered by cohort. variable is null for the whole matrix and
        ``<from>><to>`` for a cell.
    """
    if migrations.empty:
        return metric_frame(pd.DataFrame())
    order = [*COHORT, "grade_rank_from", "grade_rank_to"]
    migrations = migrations.sort_values(order, na_position="first", ignore_index=True)
    cohorts = migrations[migrations["grade_from"].isna()].reset_index(drop=True)
    cells = migrations[migrations["grade_from"].notna()].merge(cohorts[COHORT].assign(row=cohorts.index), on=COHORT)
    counts, names, count = matrices(cells, len(cohorts))
    withheld = reasons(cohorts, counts, count, int(minimum_sample))
    blocks = [*matrix_blocks(cohorts, counts, count, withheld), cell_block(cohorts, counts, names, count, withheld)]
    rows = pd.concat([block.assign(rank=rank) for rank, block in enumerate(blocks)], ignore_index=True)
    rows = rows.sort_values(["row", "rank", "cell"], ignore_index=True)
    return metric_frame(rows.assign(known_date=pd.Timestamp(as_of_date)))


def matrices(cells: pd.DataFrame, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return counts of shape (cohorts, grades, grades), names of shape (cohorts, grades) and the number of grades."""
    row = cells["row"].to_numpy(np.int64)
    start = cells.groupby("row")["grade_rank_from"].rank("dense").to_numpy(np.int64) - 1
    end = cells.groupby("row")["grade_rank_to"].rank("dense").to_numpy(np.int64) - 1
    # One grade, without cases, where nobody declared a scale.
    width = int(start.max(initial=0)) + 1
    counts, names = np.zeros((length, width, width)), np.full((length, width), None)
    counts[row, start, end] = cells["sample_size"].to_numpy(float)
    names[row, start] = cells["grade_from"].to_numpy(object)
    return counts, names, pd.notna(names).sum(-1)


def reasons(cohorts: pd.DataFrame, counts: np.ndarray, count: np.ndarray, minimum_sample: int) -> np.ndarray:
    """Return why a cohort is not judged, None where it is."""
    size = cohorts["sample_size"].to_numpy(np.int64)
    is_undeclared = cohorts["rating_scale_id"].isna().to_numpy() | ((count == 0) & (size > 0))
    return np.select(
        [is_undeclared, size == 0, counts.sum((-2, -1)) < size, size < minimum_sample],
        ["not_declared", "no_data", "out_of_range", "small_sample"],
        default=None,
    )


def matrix_blocks(
    cohorts: pd.DataFrame, counts: np.ndarray, count: np.ndarray, withheld: np.ndarray
) -> Iterator[pd.DataFrame]:
    """Yield each metric of whole matrices."""
    keys = cohorts[COHORT].assign(row=cohorts.index, cell=-1, variable=None)
    size = cohorts["sample_size"].to_numpy(np.int64)
    whole = {"withheld": withheld, "size": size}
    upper, lower = matrix_weighted_bandwidth(counts, count)
    for name, bandwidth, side in [("mwb_upper", upper, np.triu), ("mwb_lower", lower, np.tril)]:
        moved = side(counts, 1 if side is np.triu else -1).sum((-2, -1)).astype(np.int64)
        yield metric_block(
            keys, name, "ecb_matrix_weighted_bandwidth", bandwidth, events=moved, undefined="no_data", **whole
        )
    z, p_value = migration_z(counts, count)
    tested = np.isfinite(z).sum((-2, -1))
    inverted = (p_value < SIGNIFICANCE).sum((-2, -1))
    yield metric_block(
        keys,
        "migration_inversion_share",
        "share_of_tested_cells_p_below_5_percent",
        np.where(tested > 0, inverted / np.maximum(tested, 1), np.nan),
        size=tested,
        events=inverted,
        withheld=withheld,
    )
    stayed = np.trace(counts, axis1=-2, axis2=-1).astype(np.int64)
    trials = np.maximum(size, 1)
    yield metric_block(
        keys,
        "grade_stability",
        "rate_wilson_95",
        stayed / trials,
        ci=wilson_interval(stayed, trials),
        error_bound=cohorts["split_count"].fillna(0).to_numpy(float) / trials,
        events=stayed,
        **whole,
    )


def cell_block(
    cohorts: pd.DataFrame, counts: np.ndarray, names: np.ndarray, count: np.ndarray, withheld: np.ndarray
) -> pd.DataFrame:
    """Return the z test of every cell off the diagonal whose grade had cases, of cohorts that are judged."""
    z, p_value = migration_z(counts, count)
    grade = np.arange(counts.shape[-1])
    is_grade = grade < count[:, None]
    is_cell = is_grade[:, :, None] & is_grade[:, None, :] & (grade != grade[:, None])
    started = counts.sum(-1)
    row, start, end = np.nonzero(is_cell & (started > 0)[:, :, None] & pd.isna(withheld)[:, None, None])
    keys = cohorts[COHORT].iloc[row].reset_index(drop=True)
    variable = names[row, start].astype(object) + ">" + names[row, end].astype(object)
    return metric_block(
        keys.assign(row=row, cell=start * len(grade) + end, variable=variable),
        "migration_z",
        "ecb_migration_z_against_nearer_cell",
        z[row, start, end],
        p_value=p_value[row, start, end],
        size=started[row, start].astype(np.int64),
        events=counts[row, start, end].astype(np.int64),
    )
