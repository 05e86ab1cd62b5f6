"""The paired DeLong test against R pROC, sklearn's AUC and the definition case by case."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from dbt_model_risk.discrimination.paired_delong import paired_delong

cells = st.lists(
    st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12
).filter(lambda rows: min(sum(row[2] for row in rows), sum(row[3] for row in rows)) >= 2)


def paired(rows):
    """The test on one cohort of (first score, second score, events, nonevents)."""
    first, second, events, nonevents = np.array(rows).T
    return paired_delong(np.zeros(len(rows), int), first, second, events, nonevents, count=1)


def cases(rows):
    """Both scores of every event and of every nonevent, shape (cases, 2)."""
    rows = np.array(rows)
    return [np.repeat(rows[:, :2], rows[:, column], axis=0).astype(float) for column in (2, 3)]


def by_definition(rows):
    """AUCs and their covariance matrix from the placements of single cases (DeLong et al. 1988, section 3)."""
    events, nonevents = cases(rows)
    wins = (events[:, None] > nonevents) + 0.5 * (events[:, None] == nonevents)
    covariance = np.cov(wins.mean(1), rowvar=False) / len(events) + np.cov(wins.mean(0), rowvar=False) / len(nonevents)
    return wins.mean((0, 1)), covariance


def test_the_scores_of_asah(reference_case, shared):
    """roc.test of R pROC on its aSAH data, wfns against s100b: Z = 2.209, p = 0.02718."""
    case = reference_case("auc_delong_asah")
    table = np.genfromtxt(
        shared / "reference_cases" / case["inputs"]["csv"], delimiter=",", names=True, dtype=None, encoding=None
    )
    s100b = np.unique(table["s100b"], return_inverse=True)[1]
    event = table["y"].astype(int)
    found = paired(np.stack([table["wfns"].astype(int), s100b, event, 1 - event], axis=1))
    expected = case["expected"]
    assert (found.first[0], found.second[0]) == pytest.approx((expected["auc_1"], expected["auc_2"]), abs=1e-12)
    assert found.first_variance[0] == pytest.approx(expected["var_1"], abs=1e-12)
    assert found.second_variance[0] == pytest.approx(expected["var_2"], abs=1e-12)
    z = -found.difference[0] / np.sqrt(found.difference_variance[0])
    assert z == pytest.approx(expected["z_abs"], abs=1e-9) and f"{z:.3f}" == case["published_as_printed"]["Z"]
    assert found.p_value[0] == pytest.approx(expected["p"], abs=1e-9)
    assert f"{found.p_value[0]:.5f}" == case["published_as_printed"]["p"]


@settings(max_examples=30)
@given(cells)
def test_it_is_the_definition_and_sklearns_area(rows):
    found = paired(rows)
    areas, covariance = by_definition(rows)
    assert [found.first[0], found.second[0]] == pytest.approx(areas, abs=1e-12)
    assert [found.first_variance[0], found.second_variance[0]] == pytest.approx(np.diag(covariance), abs=1e-12)
    of_difference = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    assert found.difference_variance[0] == pytest.approx(of_difference, abs=1e-12)
    if of_difference > 1e-9:
        z = (areas[1] - areas[0]) / np.sqrt(of_difference)
        assert found.p_value[0] == pytest.approx(2 * stats.norm.sf(abs(z)), abs=1e-9)
    events, nonevents = cases(rows)
    outcome = np.repeat([1, 0], [len(events), len(nonevents)])
    assert found.second[0] == pytest.approx(
        roc_auc_score(outcome, np.concatenate([events, nonevents])[:, 1]), abs=1e-12
    )


@settings(max_examples=30)
@given(cells, st.randoms(use_true_random=False))
def test_order_of_rows_units_of_scores_and_split_rows_change_nothing(rows, random):
    found = paired(rows)
    # each row as its events and its nonevents, out of order, scores stretched
    split = [(7 * a + 1, b**3, *counts) for a, b, d, n in rows for counts in ((d, 0), (0, n))]
    again = paired(random.sample(split, len(split)))
    for name in vars(found):
        np.testing.assert_allclose(getattr(again, name), getattr(found, name), rtol=1e-9, atol=1e-15, err_msg=name)


@settings(max_examples=30)
@given(cells)
def test_champion_and_challenger_swapped_turn_the_sign(rows):
    found, swapped = paired(rows), paired([(b, a, d, n) for a, b, d, n in rows])
    assert swapped.difference[0] == -found.difference[0]
    assert swapped.difference_variance[0] == pytest.approx(found.difference_variance[0], rel=1e-12, abs=1e-18)
    np.testing.assert_allclose(swapped.p_value, found.p_value, rtol=1e-9)


@settings(max_examples=30)
@given(cells)
def test_scores_that_rank_alike_do_not_differ(rows):
    found = paired([(a, 2 * a - 5, d, n) for a, _, d, n in rows])
    assert (found.difference[0], found.difference_variance[0], found.p_value[0]) == (0, 0, 1)


@settings(max_examples=20)
@given(cells, cells)
def test_cohorts_do_not_mix(one, other):
    table = np.array([*one, *other])
    cohort = np.repeat([2, 0], [len(one), len(other)])
    found = paired_delong(cohort, *table.T, count=3)
    for number, rows in ((2, one), (0, other)):
        alone = paired(rows)
        for name in vars(alone):
            np.testing.assert_allclose(getattr(found, name)[number], getattr(alone, name)[0], rtol=1e-12, atol=1e-15)
    assert np.isnan(found.first[1]) and np.isnan(found.p_value[1])


@settings(max_examples=30)
@given(cells)
def test_no_order_within_ties_is_farther_away_than_the_error(rows):
    rows = np.array(rows)
    events, nonevents = cases(rows)
    found = paired(rows)
    tied = (events[:, None, 0] == nonevents[:, 0]).mean()
    for order in (-1, 1):
        resolved = (events[:, None, 0] > nonevents[:, 0]).mean() + (tied if order > 0 else 0)
        assert abs(resolved - found.first[0]) <= found.first_error[0] + 1e-12


def test_a_difference_without_variance_is_not_tested():
    """The first score splits the classes, the second reverses them: every case moves the same way."""
    found = paired([(1, 0, 5, 0), (0, 1, 0, 5)])
    assert found.difference[0] == -1 and found.difference_variance[0] == 0 and np.isnan(found.p_value[0])


@pytest.mark.parametrize("rows", [[(1, 1, 0, 9)], [(1, 1, 9, 0)], [(0, 0, 0, 0)]])
def test_one_class_has_no_area(rows):
    found = paired(rows)
    assert np.isnan([found.first[0], found.difference[0], found.p_value[0]]).all()


def test_a_single_case_of_a_class_has_no_variance():
    found = paired([(1, 0, 1, 0), (0, 1, 0, 9)])
    assert found.first[0] == 1 and np.isnan([found.first_variance[0], found.p_value[0]]).all()


def test_no_rows_are_no_cohort():
    none = np.zeros(0, int)
    found = paired_delong(none, none, none, none, none, count=2)
    assert np.isnan(found.difference).all() and found.difference.shape == (2,)
