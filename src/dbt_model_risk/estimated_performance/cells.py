"""Predictions of one version counted by the cell of their score, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

__all__ = ["Cells", "read_cells"]


@dataclass(frozen=True)
class Cells:
    """Arrays of one shape (k,): the cell, whether the event was predicted there, predictions, and what came of them."""

    points: np.ndarray
    is_alarm: np.ndarray
    n: np.ndarray
    outcomes: np.ndarray
    events: np.ndarray
    absolute_errors: np.ndarray
    squared_errors: np.ndarray
    predicts_class: bool = True

    def take(self, index: np.ndarray | slice) -> Cells:
        """Return some of the cells, by mask, positions or slice."""
        names = [field.name for field in fields(self) if field.name != "predicts_class"]
        return replace(self, **{name: getattr(self, name)[index] for name in names})


def read_cells(frame: pd.DataFrame) -> Cells:
    """Return the rows of met_live_score_counts or met_live_references as arrays; a missing score is NaN."""
    numbers = {
        name: frame[column].to_numpy(float, na_value=np.nan)
        for name, column in {
            "points": "score_bin",
            "n": "n",
            "outcomes": "outcome_count",
            "events": "event_count",
            "absolute_errors": "absolute_error_sum",
            "squared_errors": "error_square_sum",
        }.items()
    }
    predicted = frame["predicted_class"]
    return Cells(
        **numbers,
        is_alarm=(predicted == "1").to_numpy(bool, na_value=False),
        predicts_class=bool(predicted.notna().any()),
    )
