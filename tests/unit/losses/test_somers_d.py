"""Somers' D against scipy, a printed table and its own laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from sklearn import metrics as sk

from dbt_model_risk.losses.somers_d import somers_d

tables = hnp.arrays(np.int64, (4, 5), elements=st.integers(0, 30))


def cases(table):
    """Estimate and segment of each case of a table."""
    estimate, segment = np.nonzero(table)
    count = table[estimate, segment]
    return np.repeat(estimate, count), np.repeat(segment, count)


def test_the_standard_error_printed_by_sas():
    """SAS/STAT, PROC FREQ, pain by adverse event: D(C|R) 0.4427 (ASE 0.0837), D(R|C) 0.2569 (ASE 0.0499)."""
    table = np.array([[26, 26, 23, 18, 9], [6, 7, 9, 14, 23]])
    found = somers_d(table.T)
    assert (found.statistic, found.standard_error) == pytest.approx((0.4427, 0.0837), abs=5e-5)
    found = somers_d(table)
    assert (found.statistic, found.standard_error) == pytest.approx((0.2569, 0.0499), abs=5e-5)


def test_with_segments_of_one_size_the_error_is_that_under_independence():
    """Example of the R package VUROCS: D 0.7, standard error 0.1505545; scipy's, from its p-value, is the same."""
    segment = np.repeat(np.arange(5), 3)
    estimate = np.array([1, 1, 1, *np.repeat(np.arange(4), 3)])
    table = np.zeros((4, 5), int)
    np.add.at(table, (estimate, segment), 1)
    found = somers_d(table)
    assert (found.statistic, found.standard_error) == pytest.approx((0.7, 0.1505545), abs=1e-7)
    p_value = stats.somersd(segment, estimate).pvalue
    assert found.standard_error == pytest.approx(found.statistic / stats.norm.isf(p_value / 2), rel=1e-9)


@settings(max_examples=30)
@given(table=tables)
def test_it_equals_scipy(table):
    estimate, segment = cases(table)
    found = somers_d(table)
    if len(np.unique(segment)) < 2:
        assert np.isnan([found.statistic, found.standard_error]).all()
    elif len(np.unique(estimate)) < 2:
        assert found.statistic == found.standard_error == 0
    else:
        assert found.statistic == pytest.approx(stats.somersd(segment, estimate).statistic, abs=1e-12)


@settings(max_examples=30)
@given(table=tables)
def test_its_laws(table):
    found, mirrored = somers_d(table), somers_d(table[::-1])
    assert mirrored.statistic == pytest.approx(-found.statistic, abs=1e-12, nan_ok=True)
    assert mirrored.standard_error == pytest.approx(found.standard_error, abs=1e-12, nan_ok=True)
    tenfold = somers_d(10 * table)
    assert tenfold.statistic == pytest.approx(found.statistic, abs=1e-12, nan_ok=True)
    assert tenfold.standard_error == pytest.approx(found.standard_error / np.sqrt(10), abs=1e-12, nan_ok=True)
    padded = somers_d(np.insert(np.insert(table, 2, 0, axis=0), 3, 0, axis=1))
    assert padded.statistic == pytest.approx(found.statistic, abs=1e-12, nan_ok=True)
    stacked = somers_d(np.stack([table, np.zeros_like(table), table]))
    assert stacked.statistic[[0, 2]] == pytest.approx(found.statistic, nan_ok=True) and np.isnan(stacked.statistic[1])


def test_with_two_segments_it_is_the_gini():
    rng = np.random.default_rng(3)
    table = rng.integers(1, 40, (6, 2))
    estimate, segment = cases(table)
    found = somers_d(table)
    assert found.statistic == pytest.approx(2 * sk.roc_auc_score(segment, estimate) - 1)


def test_the_interval_covers_the_true_value():
    rng = np.random.default_rng(11)
    shape = np.array([[30, 15, 10, 2], [14, 20, 12, 6], [9, 11, 16, 15], [4, 6, 20, 40]], float)
    found = somers_d(rng.multinomial(300, (shape / shape.sum()).ravel(), 2000).reshape(-1, 4, 4))
    is_covered = np.abs(found.statistic - somers_d(shape).statistic) <= 1.959963984540054 * found.standard_error
    assert 0.94 <= is_covered.mean() <= 0.96


def test_perfect_ranking_has_no_error():
    found = somers_d(np.diag([3, 4, 5]))
    assert (found.statistic, found.standard_error) == (1, 0)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        somers_d([[1, -1]])
