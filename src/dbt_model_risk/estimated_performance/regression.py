"""The expected error of forecasts whose outcomes are not known."""

from __future__ import annotations

import numpy as np

from dbt_model_risk.estimated_performance.classification import NORMAL_95

__all__ = ["REGRESSION_METRICS", "regression_estimates"]

REGRESSION_METRICS = ("mae", "rmse")


def regression_estimates(
    absolute_error: np.ndarray, squared_error: np.ndarray, n: np.ndarray, *, inflation: float = 1.0
) -> dict[str, dict[str, float]]:
    """Return the expected mean absolute and root mean square error of a window of forecasts.

    Parameters
    ----------
    absolute_error, squared_error
        Expected |error| and error^2 in each cell of forecasts, shape (k,), in the outcome's unit and its square.
    n
        Forecasts in each cell, shape (k,).
    inflation
        Factor of the variance: 1 + n / reference size for a fit on a sample, times the dispersion of days.

    Returns
    -------
    dict
        Metric -> value, standard_error, ci_low and ci_high; NaN without forecasts. Errors count as independent; the
        variance of a squared error is that of normal errors, twice its square.

    Notes
    -----
    The idea of NannyML's direct loss estimation, with the reference's mean error by cell in place of a second model.
    """
    absolute_error, squared_error, n = (
        np.asarray(values, dtype=float) for values in (absolute_error, squared_error, n)
    )
    size = n.sum()
    if not size > 0:
        return {
            metric: dict.fromkeys(("value", "standard_error", "ci_low", "ci_high"), np.nan)
            for metric in ("mae", "rmse")
        }
    mae = (n * absolute_error).sum() / size
    mean_square = (n * squared_error).sum() / size
    rmse = np.sqrt(mean_square)
    mae_variance = (n * np.maximum(0.0, squared_error - absolute_error**2)).sum() / size**2
    square_variance = (n * 2 * squared_error**2).sum() / size**2
    rmse_error = np.sqrt(square_variance / (4 * mean_square)) if mean_square > 0 else 0.0
    return {
        "mae": interval(mae, np.sqrt(inflation * mae_variance)),
        "rmse": interval(rmse, np.sqrt(inflation) * rmse_error),
    }


def interval(value: float, standard_error: float) -> dict[str, float]:
    """Return an error with its 95 % interval, not below 0."""
    margin = NORMAL_95 * standard_error
    return {
        "value": float(value),
        "standard_error": float(standard_error),
        "ci_low": float(max(0.0, value - margin)),
        "ci_high": float(value + margin),
    }
