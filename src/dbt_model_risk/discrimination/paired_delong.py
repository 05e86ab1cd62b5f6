"""Which of two scores ranks the same cases better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

__all__ = ["PairedAuc", "paired_delong"]


@dataclass(frozen=True)
class PairedAuc:
    """Two areas under the ROC curve on the same cases and their difference, each of shape (cohorts,).

    Attributes
    ----------
    first, second, difference
        The areas, ties counted half, and the second less the first; NaN without both classes.
    first_error, second_error
        Most that ties can hide: half the share of pairs of an event and a nonevent that the score does not tell apart.
    first_variance, second_variance, difference_variance
        Variances after DeLong; NaN with a single case of a class.
    first_is_constant, second_is_constant
        Whether all cases have one score.
    p_value
        Two-sided, of the difference; 1 where both scores rank alike, NaN where only the variance is 0.
    """

    first: np.ndarray
    second: np.ndarray
    difference: np.ndarray
    first_error: np.ndarray
    second_error: np.ndarray
    first_variance: np.ndarray
    second_variance: np.ndarray
    difference_variance: np.ndarray
    first_is_constant: np.ndarray
    second_is_constant: np.ndarray
    p_value: np.ndarray


@dataclass(frozen=True)
class Placements:
    """Where each row's cases stand among those of the other class, and what its cohort's ties amount to.

    Attributes
    ----------
    of_events, of_nonevents
        Twice the nonevents below, and twice the events above, equal scores counted once; shape (rows,).
    tied_pairs, scores
        Pairs of an event and a nonevent with one score, and distinct scores; shape (cohorts,).
    """

    of_events: np.ndarray
    of_nonevents: np.ndarray
    tied_pairs: np.ndarray
    scores: np.ndarray


def paired_delong(
    cohort: np.ndarray,
    first_score: np.ndarray,
    second_score: np.ndarray,
    events: np.ndarray,
    nonevents: np.ndarray,
    *,
    count: int,
) -> PairedAuc:
    """Return the areas of two scores on the same cases, and the test of their difference.

    Parameters
    ----------
    cohort
        Number of the cohort of each row, 0 to count - 1, shape (rows,).
    first_score, second_score
        Integers that grow with the risk; they count by their order alone.
    events, nonevents
        Cases of each row by outcome.
    count
        Cohorts; one without rows is NaN.

    References
    ----------
    DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988), *Biometrics* 44, 837-845.
    """
    cohort, events, nonevents = np.asarray(cohort, np.int64), np.asarray(events, float), np.asarray(nonevents, float)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(cohort, weights=values, minlength=count)

    event_count, nonevent_count = total(events), total(nonevents)
    first = placements(cohort, np.asarray(first_score), events, nonevents, count)
    second = placements(cohort, np.asarray(second_score), events, nonevents, count)

    def variance(of_events: np.ndarray, of_nonevents: np.ndarray) -> np.ndarray:
        """Of the mean of doubled placements, or of differences of them."""
        terms = []
        for values, cases, size, others in (
            (of_events, events, event_count, nonevent_count),
            (of_nonevents, nonevents, nonevent_count, event_count),
        ):
            mean = total(cases * values) / size
            squares = total(cases * (values - mean[cohort]) ** 2)
            terms.append(squares / (size - 1) / size / (2 * others) ** 2)
        return terms[0] + terms[1]

    with np.errstate(divide="ignore", invalid="ignore"):
        pairs = 2 * event_count * nonevent_count
        wins = [total(events * score.of_events) for score in (first, second)]
        difference = (wins[1] - wins[0]) / pairs
        spread = variance(second.of_events - first.of_events, second.of_nonevents - first.of_nonevents)
        p_value = special.erfc(np.abs(difference) / np.sqrt(2 * spread))
        return PairedAuc(
            first=wins[0] / pairs,
            second=wins[1] / pairs,
            difference=difference,
            first_error=first.tied_pairs / pairs,
            second_error=second.tied_pairs / pairs,
            first_variance=variance(first.of_events, first.of_nonevents),
            second_variance=variance(second.of_events, second.of_nonevents),
            difference_variance=spread,
            first_is_constant=first.scores == 1,
            second_is_constant=second.scores == 1,
            p_value=np.where(spread > 0, p_value, np.where((spread == 0) & (difference == 0), 1.0, np.nan)),
        )


def placements(
    cohort: np.ndarray, score: np.ndarray, events: np.ndarray, nonevents: np.ndarray, count: int
) -> Placements:
    """Return the placements of every row by one score; counts are whole, so that nothing is rounded."""
    order = np.lexsort((score, cohort))
    sorted_cohort, sorted_score = cohort[order], score[order]
    is_first = np.ones(len(order), bool)
    is_first[1:] = (sorted_cohort[1:] != sorted_cohort[:-1]) | (sorted_score[1:] != sorted_score[:-1])
    starts = np.flatnonzero(is_first)
    group = np.cumsum(is_first) - 1
    group_cohort = sorted_cohort[starts]
    # An empty array has no first group to add up.
    tied_events, tied_nonevents = (
        np.add.reduceat(cases[order], starts) if len(starts) else np.zeros(0) for cases in (events, nonevents)
    )

    def below(cases: np.ndarray) -> np.ndarray:
        """Cases of lower groups of the same cohort."""
        before = np.cumsum(cases) - cases
        return before - before[np.searchsorted(group_cohort, group_cohort)]

    all_events = np.bincount(group_cohort, weights=tied_events, minlength=count)[group_cohort]
    of_events = 2 * below(tied_nonevents) + tied_nonevents
    of_nonevents = 2 * (all_events - below(tied_events)) - tied_events
    back = np.empty(len(order), np.int64)
    back[order] = group
    return Placements(
        of_events=of_events[back],
        of_nonevents=of_nonevents[back],
        tied_pairs=np.bincount(group_cohort, weights=tied_events * tied_nonevents, minlength=count),
        scores=np.bincount(group_cohort, minlength=count),
    )
