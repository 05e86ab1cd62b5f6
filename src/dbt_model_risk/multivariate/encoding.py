"""A reference and a current sample as matrices; whatever is learned for that is learned on the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

__all__ = ["encoded"]


def encoded(
    reference: pd.DataFrame, current: pd.DataFrame, categories: Mapping[str, Sequence[str]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return both samples as matrices of numbers with the reference's scale.

    Parameters
    ----------
    reference, current
        One row per case, one column per feature; missing is null.
    categories
        The categories of each categorical feature, most frequent first; a value beyond them has no indicator. Every
        other feature is numeric.

    Returns
    -------
    matrices of shape (rows of the sample, numeric features + all categories)
        Missing numbers are the reference's median and missing categories its most frequent one (0 and no indicator
        where the reference has none). Columns are centred and scaled by the reference; one without variation there
        stays unscaled.
    """
    columns: list[tuple[np.ndarray, np.ndarray]] = []
    for name in reference.columns:
        if name not in categories:
            numbers = pd.to_numeric(reference[name]), pd.to_numeric(current[name])
            middle = numbers[0].median()
            middle = 0.0 if pd.isna(middle) else middle
            columns.append(tuple(series.fillna(middle).to_numpy(float) for series in numbers))
            continue
        usual = reference[name].mode().min()
        filled = [series if pd.isna(usual) else series.fillna(usual) for series in (reference[name], current[name])]
        columns += [tuple(series.eq(label).to_numpy(float) for series in filled) for label in categories[name]]
    before, after = (np.column_stack(side) for side in zip(*columns, strict=True))
    middle, spread = before.mean(axis=0), before.std(axis=0)
    spread[spread == 0] = 1
    return (before - middle) / spread, (after - middle) / spread
