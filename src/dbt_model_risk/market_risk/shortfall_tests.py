"""Whether expected shortfall is large enough for the losses beyond value at risk."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc

__all__ = ["LEVELS", "ShortfallTest", "acerbi_szekely", "multinomial_test", "nass_correction"]

# Levels of value at risk that divide the worst 2.5 % of days in four cells of 0.625 %.
LEVELS = (0.975, 0.98125, 0.9875, 0.99375)


class ShortfallTest(NamedTuple):
    """Both statistics of Acerbi and Szekely: 0 is expected, negative says that expected shortfall is too small."""

    z1: float
    z2: float
    exceptions: int


def acerbi_szekely(
    pnl: np.ndarray, value_at_risk: np.ndarray, expected_shortfall: np.ndarray, *, tail: float
) -> ShortfallTest:
    """Return Z1 = 1 - mean(L / ES) over exceptions and Z2 = 1 - sum(L / ES over exceptions) / (days x tail).

    Z1 judges the size of losses beyond value at risk only, and is NaN without any; Z2 judges their number as well.

    Parameters
    ----------
    pnl, value_at_risk, expected_shortfall
        Per day, shape (days,), at least one day; gains are positive, both forecasts are positive losses of one level.
    tail
        Probability of an exception, 0.025 for 97.5 %.

    Raises
    ------
    ValueError
        If there is no day, a value is not finite or an expected shortfall is not positive.

    References
    ----------
    Acerbi and Szekely (2014), Back-testing expected shortfall, Risk 27(11), 76-81, tests 1 and 2 with the sign that
    makes an underestimate negative.
    """
    gains, value_at_risk, shortfall = (np.asarray(x, float) for x in (pnl, value_at_risk, expected_shortfall))
    if not gains.size:
        raise ValueError("acerbi_szekely needs at least one day")
    if not all(np.isfinite(x).all() for x in (gains, value_at_risk, shortfall)):
        raise ValueError("pnl, value_at_risk and expected_shortfall must be finite; remove null days first")
    if (shortfall <= 0).any():
        raise ValueError("expected_shortfall must be positive; remove other days first")
    is_exception = -gains > value_at_risk
    ratios = -gains[is_exception] / shortfall[is_exception]
    z1 = 1.0 - ratios.mean() if ratios.size else np.nan
    return ShortfallTest(float(z1), float(1.0 - ratios.sum() / (gains.size * tail)), int(ratios.size))


def multinomial_test(counts: np.ndarray, probabilities: np.ndarray) -> tuple[float, float]:
    """Return Pearson's statistic of counts per cell and its chi-square p-value with one degree less than cells.

    Parameters
    ----------
    counts
        Days whose loss lies between neighbouring levels of value at risk, shape (cells,); the first cell is below the
        lowest level.
    probabilities
        What the model promises of each cell, adding up to 1.

    Raises
    ------
    ValueError
        If counts are negative or all 0, or probabilities do not add up to 1.

    References
    ----------
    Emmer, Kratz and Tasche (2015), What is the best risk measure in practice?; Kratz, Lok and McNeil (2018),
    Multinomial VaR backtests, Journal of Banking & Finance 88, 393-407.
    """
    observed, probabilities = np.asarray(counts, float), np.asarray(probabilities, float)
    if (observed < 0).any() or observed.sum() == 0:
        raise ValueError("counts must not be negative, and one must be positive")
    if (probabilities <= 0).any() or abs(probabilities.sum() - 1.0) > 1e-9:
        raise ValueError("probabilities must be positive and add up to 1")
    expected = observed.sum() * probabilities
    statistic = float(((observed - expected) ** 2 / expected).sum())
    return statistic, float(chdtrc(observed.size - 1, statistic))


def nass_correction(statistic: float, days: int, probabilities: np.ndarray) -> tuple[float, float]:
    """Return Pearson's statistic scaled to the variance it has in small samples, and its p-value.

    With an expected count below five in a cell, plain chi-square rejects too often: 250 days expect 1.6 in each.

    References
    ----------
    Nass (1959), The chi-square test for small expectations in contingency tables, Biometrika 46, 365-385; Kratz, Lok
    and McNeil (2018), section 2.2.
    """
    probabilities = np.asarray(probabilities, float)
    levels = probabilities.size - 1
    variance = 2.0 * levels - (levels**2 + 4.0 * levels + 1.0) / days + (1.0 / probabilities).sum() / days
    factor = 2.0 * levels / variance
    scaled = factor * statistic
    return float(scaled), float(chdtrc(factor * levels, scaled))
