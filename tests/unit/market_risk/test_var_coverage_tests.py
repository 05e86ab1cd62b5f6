"""Coverage and independence tests against published examples and scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.market_risk.coverage_tests import (
    binomial_upper_tail,
    christoffersen_independence,
    conditional_coverage,
    kupiec_pof,
)

cells = st.tuples(*[st.integers(0, 300)] * 4)
exceptions_in_days = st.integers(1, 5000).flatmap(lambda days: st.tuples(st.integers(0, days), st.just(days)))


def test_published_examples():
    """MathWorks, documentation of varbacktest (portfolio Normal95); Jorion, Value at Risk (J.P. Morgan 1998)."""
    kupiec = kupiec_pof([57, 20], [1043, 252], tail=0.05)
    independence = christoffersen_independence([932, 218], [53, 14], [53, 14], [4, 6])
    both = conditional_coverage(kupiec.statistic, independence.statistic)
    statistics = np.array([kupiec.statistic, independence.statistic, both.statistic])
    assert statistics[:, 0].round(5).tolist() == [0.46147, 0.25866, 0.72013]
    assert statistics[:, 1].round(2).tolist() == [3.91, 9.53, 13.44]
    p_values = np.array([kupiec.p_value, independence.p_value, both.p_value])
    assert p_values[:, 0].round(5).tolist() == [0.49694, 0.61104, 0.69763]


def test_published_examples_to_the_last_digits(reference_case):
    case = reference_case("var_backtest_published")
    for given_counts in case["inputs"]:
        kupiec = kupiec_pof(given_counts["x"], given_counts["N"], tail=given_counts["p"])
        independence = christoffersen_independence(*(given_counts[cell] for cell in ("n00", "n01", "n10", "n11")))
        both = conditional_coverage(kupiec.statistic, independence.statistic)
        upper = binomial_upper_tail(given_counts["x"], given_counts["N"], tail=given_counts["p"])
        expected = case["expected"][given_counts["id"]]
        assert [*kupiec, *independence, *both, upper] == pytest.approx(
            [expected[key] for key in ("lr_uc", "p_uc", "lr_ind", "p_ind", "lr_cc", "p_cc", "type_i")], rel=1e-9
        )


@given(counts=exceptions_in_days, tail=st.sampled_from([0.01, 0.025, 0.05]))
def test_kupiec_is_the_g_test_of_scipy(counts, tail):
    exceptions, days = counts
    found = kupiec_pof(exceptions, days, tail=tail)
    expected = stats.power_divergence(
        [exceptions, days - exceptions], [days * tail, days * (1 - tail)], lambda_="log-likelihood"
    )
    assert found.statistic >= 0
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-9, abs=1e-9)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)


@given(counts=exceptions_in_days, tail=st.sampled_from([0.01, 0.025, 0.05]))
def test_the_upper_tail_is_the_binomial_test_of_scipy(counts, tail):
    exceptions, days = counts
    expected = stats.binomtest(exceptions, days, tail, alternative="greater").pvalue
    assert binomial_upper_tail(exceptions, days, tail=tail) == pytest.approx(expected, rel=1e-9, abs=1e-100)


@given(table=cells)
def test_independence_is_the_g_test_of_a_table_by_scipy(table):
    found = christoffersen_independence(*table)
    square = np.reshape(table, (2, 2))
    assert found.statistic >= 0
    if (square.sum(axis=0) > 0).all() and (square.sum(axis=1) > 0).all():
        expected = stats.chi2_contingency(square, correction=False, lambda_="log-likelihood")
        assert found.statistic == pytest.approx(expected.statistic, rel=1e-9, abs=1e-9)
        assert found.p_value == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)
    else:
        assert found == pytest.approx((0.0, 1.0))


def test_no_exception_in_250_days_rejects_a_model_as_too_conservative():
    """-2 x 250 ln 0.99 = 5.025; its p-value lies under 5 %."""
    found = kupiec_pof(0, 250, tail=0.01)
    assert found.statistic == pytest.approx(-500 * np.log(0.99))
    assert found.p_value == pytest.approx(stats.chi2.sf(5.0251679, 1), rel=1e-6)


@given(counts=st.tuples(st.floats(0, 100), st.floats(0, 100)))
def test_both_together_have_two_degrees_of_freedom(counts):
    found = conditional_coverage(*counts)
    assert found == pytest.approx((sum(counts), stats.chi2.sf(sum(counts), 2)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 2, 0.01), "exceptions must lie between 0 and days"),
        ((-1, 2, 0.01), "exceptions must lie between 0 and days"),
        ((1, 2, 0.0), "tail must lie between 0 and 1, not 0.0"),
        ((1, 2, 99), "tail must lie between 0 and 1, not 99"),
    ],
)
@pytest.mark.parametrize("test", [kupiec_pof, binomial_upper_tail])
def test_impossible_counts_are_refused(test, arguments, message):
    exceptions, days, tail = arguments
    with pytest.raises(ValueError, match=message):
        test(exceptions, days, tail=tail)
