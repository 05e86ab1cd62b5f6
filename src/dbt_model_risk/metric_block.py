"""One metric of many cohorts as rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["metric_block"]


def metric_block(
    keys: pd.DataFrame,
    metric: str,
    convention: str,
    value: np.ndarray,
    *,
    size: np.ndarray,
    events: np.ndarray | None = None,
    p_value: np.ndarray | float = np.nan,
    ci: tuple = (np.nan, np.nan),
    error_bound: np.ndarray | float = np.nan,
    withheld: np.ndarray | None = None,
    undefined: str = "zero_variance",
    caveat: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return the rows of one metric, one per row of keys and in its order.

    Parameters
    ----------
    keys
        What names a row: cohort and, where there is one, variable.
    metric, convention
        Name of the metric and of the way it is computed.
    value, size, events, p_value, ci, error_bound
        Columns of the rows, each a scalar or of shape (len(keys),).
    withheld
        Why there is no value, null where there is one.
    undefined
        Why a value that is not withheld is NaN or infinite.
    caveat
        What qualifies a value that is given, null where nothing does.
    """
    reason = np.full(len(keys), None) if withheld is None else np.asarray(withheld, object)
    value = np.broadcast_to(np.asarray(value, float), len(keys))
    reason = np.where(pd.isna(reason) & ~np.isfinite(value), undefined, reason)
    is_given = pd.isna(reason)
    numbers = {"value": value, "p_value": p_value, "ci_low": ci[0], "ci_high": ci[1], "error_bound": error_bound}
    return keys.assign(
        metric=metric,
        **{column: np.where(is_given, number, np.nan) for column, number in numbers.items()},
        sample_size=size,
        event_count=pd.NA if events is None else pd.array(events, dtype="Int64"),
        status_reason=np.where(is_given, caveat, reason),
        convention_id=convention,
    )
