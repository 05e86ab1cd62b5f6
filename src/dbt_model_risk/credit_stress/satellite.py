"""A satellite model: how probabilities of default and losses move with one macro driver."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

__all__ = ["projected_probability", "stressed_loss_rate", "stressed_probability"]


def projected_probability(intercept: np.ndarray, coefficient: np.ndarray, driver: np.ndarray) -> np.ndarray:
    """Return logistic(intercept + coefficient driver), the satellite's own default rate.

    Parameters
    ----------
    intercept, coefficient, driver
        Of shapes that broadcast; the coefficient is per unit of the driver.
    """
    return expit(np.asarray(intercept, float) + np.asarray(coefficient, float) * np.asarray(driver, float))


def stressed_probability(pd: np.ndarray, *, coefficient: np.ndarray, driver_shift: np.ndarray) -> np.ndarray:
    """Return logistic(logit(pd) + coefficient driver_shift): the book keeps its own level, the satellite its slope.

    Parameters
    ----------
    pd
        Probabilities of default within a year, in [0, 1]; 0 and 1 stay what they are.
    coefficient
        Log odds per unit of the driver, of a shape that broadcasts.
    driver_shift
        Driver in the scenario less the driver for which the PD holds.

    Raises
    ------
    ValueError
        If a PD is not a probability.

    References
    ----------
    Wilson (1997), Portfolio credit risk, Risk 10(9), 111-117 (default rates as a logistic function of macro drivers).
    """
    return expit(logit(checked_share("pd", pd)) + np.asarray(coefficient, float) * np.asarray(driver_shift, float))


def stressed_loss_rate(lgd: np.ndarray, *, coefficient: np.ndarray, driver_shift: np.ndarray) -> np.ndarray:
    """Return lgd + coefficient driver_shift, held within [0, 1].

    Raises
    ------
    ValueError
        If an LGD is outside [0, 1].
    """
    shifted = checked_share("lgd", lgd) + np.asarray(coefficient, float) * np.asarray(driver_shift, float)
    return np.clip(shifted, 0.0, 1.0)


def checked_share(name: str, values: np.ndarray) -> np.ndarray:
    """Return the values as floats; NaN passes, anything outside [0, 1] does not."""
    values = np.asarray(values, float)
    outside = values[(values < 0.0) | (values > 1.0)]
    if outside.size:
        raise ValueError(f"{name} has to lie in [0, 1], not {outside.flat[0]}")
    return values
