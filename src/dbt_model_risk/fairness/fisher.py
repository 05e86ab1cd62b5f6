"""Whether two groups are selected alike, by Fisher's exact test."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

__all__ = ["fisher_exact_p_value"]

# Tables as improbable as the one observed count as such although their logarithms differ by rounding.
ROUNDING = 1e-7


def fisher_exact_p_value(
    events: np.ndarray, trials: np.ndarray, other_events: np.ndarray, other_trials: np.ndarray
) -> np.ndarray:
    """Return the two-sided p-value: the probability of every table no more probable than the one observed.

    NaN where a sample is empty; 1 where both were treated as one, all or nothing.

    Parameters
    ----------
    events, trials, other_events, other_trials
        Whole numbers, one shape.

    References
    ----------
    Fisher, R. A. (1935), *J. R. Stat. Soc.* 98, 39-82; two-sided as in Fisher and Yates and in R's fisher.test.
    """
    tables = np.broadcast_arrays(events, trials, other_events, other_trials)
    counts = np.stack([np.asarray(table, float).ravel() for table in tables], axis=-1)
    p_values = [p_value_of_table(*row) if min(row[1], row[3]) > 0 else np.nan for row in counts]
    return np.array(p_values, float).reshape(tables[0].shape)


def p_value_of_table(events: float, trials: float, other_events: float, other_trials: float) -> float:
    """Return the p-value of one table from the hypergeometric weights near the mean and the count observed."""
    selected, cases = events + other_events, trials + other_trials
    mean = trials * selected / cases
    deviation = np.sqrt(mean * (cases - selected) * other_trials / cases / max(cases - 1, 1))
    # Twelve deviations and fifty counts away from the mean and the observed count no weight changes a digit.
    margin = 12 * deviation + 50 + abs(events - mean)
    first = max(0, selected - other_trials, np.floor(mean - margin))
    last = min(trials, selected, np.ceil(mean + margin))
    count = np.arange(first, last + 1)
    log_weight = -(
        gammaln(count + 1)
        + gammaln(trials - count + 1)
        + gammaln(selected - count + 1)
        + gammaln(other_trials - selected + count + 1)
    )
    is_as_rare = log_weight <= log_weight[int(events - first)] + ROUNDING
    weight = np.exp(log_weight - log_weight.max())
    return min(1.0, weight[is_as_rare].sum() / weight.sum())
