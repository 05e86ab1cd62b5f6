"""Long rows of grades as matrices: one row per cohort, one column per grade, the safest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["COHORT", "Grades", "read_grades"]

VERSION = ["model_id", "model_version"]
COHORT = [*VERSION, "segment_key", "segment_value", "period_grain", "period_start", "period_end"]


@dataclass(frozen=True)
class Grades:
    """Every cohort with its portfolio and its grades.

    Attributes
    ----------
    portfolios
        One row per cohort, in order: its keys, sample_size, event_count, asset_correlation and cohort_reason.
    expected
        Expected events of each cohort, shape (cohorts,); NaN where the score is no probability.
    names, exists
        Name of each grade and whether the cohort's scale has it, shape (cohorts, grades).
    size, events, expected_events, exposure, split
        Cases, events, expected events, exposure and cases in bins that an edge splits, shape (cohorts, grades).
    """

    portfolios: pd.DataFrame
    expected: np.ndarray
    names: np.ndarray
    exists: np.ndarray
    size: np.ndarray
    events: np.ndarray
    expected_events: np.ndarray
    exposure: np.ndarray
    split: np.ndarray

    @property
    def outside(self) -> np.ndarray:
        """Cases of each cohort in no grade of its scale, shape (cohorts,)."""
        total = self.portfolios["sample_size"].to_numpy() - self.size.sum(-1)
        return np.where(self.exists.any(-1), total, 0)


def read_grades(counts: pd.DataFrame) -> Grades:
    """Return the matrices of rows of met_grade_counts, whatever their order.

    A grade promises its grade_pd, or the mean score of its cases; a portfolio what its grades promise, or the mean
    score where it has none or has cases in none.
    """
    counts = counts.sort_values([*COHORT, "grade_rank"], na_position="first", ignore_index=True)
    portfolios = counts[counts["grade"].isna()].reset_index(drop=True)
    graded = counts[counts["grade"].notna()].merge(portfolios[COHORT].assign(row=portfolios.index), on=COHORT)
    row = graded["row"].to_numpy(np.int64)
    column = graded.groupby("row").cumcount().to_numpy(np.int64)
    # One column, of no grade, where nobody declared a scale.
    shape = (len(portfolios), int(column.max(initial=0)) + 1)

    def matrix(values: np.ndarray, fill: object = 0.0) -> np.ndarray:
        filled = np.full(shape, fill)
        filled[row, column] = values
        return filled

    size = graded["sample_size"].to_numpy(float)
    declared = graded["grade_pd"].to_numpy(float, na_value=np.nan)
    promised = np.where(np.isnan(declared), scores(graded), declared * size)
    grades = Grades(
        portfolios=portfolios,
        expected=scores(portfolios),
        names=matrix(graded["grade"].to_numpy(object), None),
        exists=matrix(True, False),
        size=matrix(size),
        events=matrix(graded["event_count"].to_numpy(float)),
        expected_events=matrix(promised),
        exposure=matrix(graded["exposure_sum"].to_numpy(float)),
        split=matrix(graded["split_count"].to_numpy(float)),
    )
    is_graded = grades.exists.any(-1) & (grades.outside == 0)
    expected = np.where(is_graded, grades.expected_events.sum(-1), grades.expected)
    return Grades(**{**vars(grades), "expected": expected})


def scores(rows: pd.DataFrame) -> np.ndarray:
    """Return the sum of the scores; NaN where they are no probabilities, or of unknown cases."""
    is_probability = rows["is_probability"].fillna(False).to_numpy(bool)
    return np.where(is_probability, rows["score_sum"].to_numpy(float, na_value=np.nan), np.nan)
