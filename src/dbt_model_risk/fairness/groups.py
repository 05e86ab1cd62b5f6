"""Rates of groups, and which of them are compared with which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["UNKNOWN_GROUP", "GroupRates", "error_rates", "selection_rates"]

# Evidence counts the cases without a value of the group column under this one; they are no group.
UNKNOWN_GROUP = "(missing)"


@dataclass(frozen=True)
class GroupRates:
    """One rate of every group; all arrays have one entry per group.

    Attributes
    ----------
    cohort
        Number of the cohort (version, period and group column), from 0 without gaps.
    events, trials
        The rate is events over trials.
    withheld
        Why a group has no rate, else None.
    excluded
        Why a group takes no part in comparisons, else None.
    """

    cohort: np.ndarray
    events: np.ndarray
    trials: np.ndarray
    withheld: np.ndarray
    excluded: np.ndarray

    @property
    def value(self) -> np.ndarray:
        """The rates; NaN without trials."""
        with np.errstate(invalid="ignore"):
            return self.events / self.trials

    def extremes(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the groups with the lowest and the highest rate of each cohort, -1 where none is compared.

        Of equal highest rates that of the largest group counts, of equal lowest rates that of the smallest.
        """
        ordered = np.lexsort((self.trials, self.value, self.cohort))
        ordered = ordered[pd.isna(self.excluded[ordered])]
        cohort = self.cohort[ordered]
        count = self.cohort.max(initial=-1) + 1
        lowest, highest = np.full(count, -1), np.full(count, -1)
        highest[cohort] = ordered
        lowest[cohort[::-1]] = ordered[::-1]
        return lowest, highest

    def incomparable(self) -> np.ndarray:
        """Return per cohort why no two of its groups can be compared, else None."""
        count = self.cohort.max(initial=-1) + 1
        measured = np.isin(self.excluded, [None, "small_sample"])
        compared = np.bincount(self.cohort[pd.isna(self.excluded)], minlength=count)
        known = np.bincount(self.cohort[measured], minlength=count)
        nothing = pd.Series(self.withheld, dtype=object).groupby(self.cohort).first().fillna("not_declared").to_numpy()
        return np.select([compared >= 2, known >= 2, known == 1], [None, "small_sample", "single_class"], nothing)


def selection_rates(groups: pd.DataFrame, favourable: str, *, minimum_size: int, minimum_share: float) -> GroupRates:
    """Return how often each group's decisions are favourable.

    Parameters
    ----------
    groups
        One row per cohort (column cohort) and group, counts as in met_fairness_counts.
    favourable
        Column that counts the favourable decisions.
    minimum_size, minimum_share
        Fewest cases of a group, and the least share of the cohort's, to be compared.
    """
    decided = groups["decided_count"].to_numpy(float)
    withheld = np.where(decided > 0, None, "not_declared")
    events = groups[favourable].to_numpy(float)
    return group_rates(groups, events, decided, decided, withheld, minimum_size, minimum_share)


def error_rates(
    groups: pd.DataFrame, caught: str, missed: str, *, minimum_size: int, minimum_share: float
) -> GroupRates:
    """Return how often the predicted class is the event among cases of one outcome, in each group.

    Parameters
    ----------
    groups
        As for `selection_rates`.
    caught, missed
        Columns that count the cases predicted as an event and as none.
    minimum_size, minimum_share
        As for `selection_rates`, of the cases with an outcome.
    """
    events = groups[caught].to_numpy(float)
    trials = events + groups[missed].to_numpy(float)
    size = groups["classified_count"].to_numpy(float)
    unobserved = groups["outcome_reason"].astype(object).fillna("no_data").to_numpy()
    withheld = np.select([size == 0, trials == 0], [unobserved, "single_class"], None)
    return group_rates(groups, events, trials, size, withheld, minimum_size, minimum_share)


def group_rates(
    groups: pd.DataFrame,
    events: np.ndarray,
    trials: np.ndarray,
    size: np.ndarray,
    withheld: np.ndarray,
    minimum_size: int,
    minimum_share: float,
) -> GroupRates:
    """Return rates with the reason why a group is not compared: it has none, is unknown or is small."""
    cohort = groups["cohort"].to_numpy(int)
    is_known = (groups["segment_value"] != UNKNOWN_GROUP).to_numpy(bool)
    total = np.bincount(cohort, weights=np.where(is_known, size, 0))[cohort]
    is_small = (size < minimum_size) | (size < minimum_share * total)
    excluded = np.select([~is_known, pd.notna(withheld), is_small], ["not_declared", withheld, "small_sample"], None)
    return GroupRates(cohort, events, trials, withheld, excluded)
