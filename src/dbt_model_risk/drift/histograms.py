"""Long rows of bins as matrices: one row per histogram, one column per bin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["MOMENTS", "OUTSIDE_LIST", "MISSING", "Histograms", "read_histograms"]

MISSING, OUTSIDE_LIST, MOMENTS = -1, -2, -9


@dataclass(frozen=True)
class Histograms:
    """Both samples' histograms of every cohort and variable, in order.

    Attributes
    ----------
    keys
        One row per histogram: cohort_number, the keys of the cohort, variable and variable_kind.
    bins
        The rows they were read from, with their histogram's position in `row`.
    """

    keys: pd.DataFrame
    bins: pd.DataFrame

    def per_row(self, column: str, *, where: np.ndarray) -> np.ndarray:
        """Sum a column of the bins per histogram, shape (histograms,); null is 0."""
        values = self.bins[column].to_numpy(float, na_value=0.0)
        return np.bincount(
            self.bins["row"], weights=np.where(where & ~np.isnan(values), values, 0), minlength=len(self.keys)
        )

    def matrix(self, column: str, *, position: np.ndarray, where: np.ndarray, fill: float = 0.0) -> np.ndarray:
        """Spread a column over positions, shape (histograms, positions); what shares a position is summed.

        Positions without a bin hold `fill`, and so does the null of a `fill` of NaN.
        """
        row, position = self.bins["row"].to_numpy()[where], position[where]
        values = self.bins[column].to_numpy(float, na_value=np.nan)[where]
        width = int(position.max(initial=0)) + 1
        matrix = np.full((len(self.keys), width), fill)
        if np.isnan(fill):
            matrix[row, position] = values
        else:
            np.add.at(matrix, (row, position), np.where(np.isnan(values), 0, values))
        return matrix


def read_histograms(bins: pd.DataFrame) -> Histograms:
    """Return the histograms of rows of met_drift_bins, whatever their order.

    Parameters
    ----------
    bins
        One row per cohort, variable and bin.
    """
    bins = bins.assign(variable_code=pd.factorize(bins["variable"], sort=True)[0])
    bins = bins.sort_values(["cohort_number", "variable_code", "bin_id"], ignore_index=True)
    codes = bins[["cohort_number", "variable_code"]].to_numpy()
    is_first = np.ones(len(bins), bool)
    is_first[1:] = (codes[1:] != codes[:-1]).any(axis=1)
    columns = ["cohort_number", "model_id", "model_version", "segment_key", "segment_value", "period_grain"]
    columns += ["period_start", "period_end", "variable", "variable_kind"]
    keys = bins.loc[is_first, columns].reset_index(drop=True)
    return Histograms(keys=keys, bins=bins.assign(row=np.cumsum(is_first) - 1))
