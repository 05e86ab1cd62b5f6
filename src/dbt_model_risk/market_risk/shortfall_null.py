"""What the Acerbi-Szekely statistics look like when expected shortfall is right, by simulation."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtri, stdtrit

__all__ = ["DISTRIBUTIONS", "PATHS", "critical_value", "p_value", "simulated_z1", "simulated_z2"]

# Name of a distribution of profit and loss -> degrees of freedom of Student's t, null for the normal one.
DISTRIBUTIONS: dict[str, int | None] = {"normal": None, "t3": 3}
PATHS = 20_000
SEED = 20_140_101
STRATA = 2**16
DRAWS_AT_ONCE = 4_000_000


@lru_cache(maxsize=16)
def tail_ratios(distribution: str, tail: float) -> np.ndarray:
    """Return equally likely losses beyond value at risk over expected shortfall; their mean is 1 exactly.

    Raises
    ------
    ValueError
        If the distribution is not one of `DISTRIBUTIONS`.
    """
    if distribution not in DISTRIBUTIONS:
        raise ValueError(f"distribution must be one of {sorted(DISTRIBUTIONS)}, not {distribution!r}")
    degrees = DISTRIBUTIONS[distribution]
    probabilities = tail * (np.arange(STRATA) + 0.5) / STRATA
    losses = -(ndtri(probabilities) if degrees is None else stdtrit(degrees, probabilities))
    return frozen(losses / losses.mean())


@lru_cache(maxsize=512)
def simulated_z2(distribution: str, days: int, tail: float, paths: int = PATHS) -> np.ndarray:
    """Return Z2 of each path of so many independent days, in ascending order; the same bytes each time.

    Parameters
    ----------
    distribution
        A key of `DISTRIBUTIONS`: of profit and loss as the model has it, of any mean-free scale.
    days, tail
        As in `acerbi_szekely`.
    """
    rng = np.random.default_rng(SEED)
    counts = rng.binomial(days, tail, paths)
    sums = sums_of_draws(rng, tail_ratios(distribution, tail), counts)
    return frozen(np.sort(1.0 - sums / (days * tail)))


@lru_cache(maxsize=512)
def simulated_z1(distribution: str, exceptions: int, tail: float, paths: int = PATHS) -> np.ndarray:
    """Return Z1 of each path given its number of exceptions, in ascending order."""
    rng = np.random.default_rng(SEED)
    sums = sums_of_draws(rng, tail_ratios(distribution, tail), np.full(paths, exceptions))
    return frozen(np.sort(1.0 - sums / exceptions))


def sums_of_draws(rng: np.random.Generator, values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return, per count, the sum of so many values drawn with replacement; memory does not grow with the counts."""
    paths_at_once = max(1, DRAWS_AT_ONCE // max(1, int(counts.max())))
    sums = []
    for first in range(0, counts.size, paths_at_once):
        part = counts[first : first + paths_at_once]
        drawn = values[rng.integers(0, values.size, part.sum())]
        ends = np.cumsum(part)
        total = np.concatenate([[0.0], np.cumsum(drawn)])
        sums.append(total[ends] - total[ends - part])
    return np.concatenate(sums)


def frozen(values: np.ndarray) -> np.ndarray:
    """Return the same array, read-only: it is shared by every caller."""
    values.flags.writeable = False
    return values


def p_value(statistic: float, simulated: np.ndarray) -> float:
    """Return the share of simulated statistics that are as low; never 0, as the observed one counts too."""
    return float((np.searchsorted(simulated, statistic, side="right") + 1) / (simulated.size + 1))


def critical_value(simulated: np.ndarray, *, level: float) -> float:
    """Return the statistic below which the share ``level`` of the simulated ones, in ascending order, lies (type 7)."""
    below, share = divmod(level * (simulated.size - 1), 1.0)
    lower, upper = simulated[int(below)], simulated[min(int(below) + 1, simulated.size - 1)]
    return float(lower + share * (upper - lower))
