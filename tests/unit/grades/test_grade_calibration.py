"""Tests of a grade's probability against meliora, R, the closed forms of the beta distribution, and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from dbt_model_risk.grades.calibration import (
    at_most,
    binomial_upper_tail,
    binomial_z,
    jeffreys,
    jeffreys_overestimation,
)
from dbt_model_risk.grades.correlation import correlated_upper_tail, vasicek_quantile

counts = st.integers(1, 3000).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size)))
probabilities = st.floats(1e-4, 0.9999)


def test_the_grades_of_meliora(reference_case):
    """Unit tests of github vanga/meliora, whose values come from R's pbeta and pbinom."""
    case = reference_case("grade_calibration_meliora")
    grades = case["inputs"]["grades"]
    events, size, probability = (np.array([grade[key] for grade in grades]) for key in ("d", "n", "pd"))
    expected = [case["expected"][grade["ratings"]] for grade in grades]
    assert jeffreys(events, size, probability) == pytest.approx([row["jeffreys_p"] for row in expected], abs=1e-9)
    printed = case["published_as_printed"]
    for test, name in ((jeffreys, "jeffreys"), (binomial_upper_tail, "binomial")):
        published = [float(printed[name][grade["ratings"]]) for grade in grades]
        assert test(events, size, probability) == pytest.approx(published, abs=1e-8)
    assert binomial_z(events, size, probability) == pytest.approx([row["z_upper"] for row in expected], abs=1e-9)
    assert at_most(events, size, probability) == pytest.approx([row["tl_cum_prob"] for row in expected], abs=1e-9)
    portfolio = jeffreys(events.sum(), size.sum(), (size * probability).sum() / size.sum())
    assert portfolio == pytest.approx(case["expected"]["portfolio"]["jeffreys_p"], abs=1e-9)


@settings(max_examples=30)
@given(case=counts, probability=probabilities)
def test_it_is_scipys(case, probability):
    events, size = case
    beta = stats.beta(events + 0.5, size - events + 0.5)
    assert jeffreys(events, size, probability) == pytest.approx(beta.cdf(probability), rel=1e-9, abs=1e-15)
    assert jeffreys_overestimation(events, size, probability) == pytest.approx(
        beta.sf(probability), rel=1e-9, abs=1e-15
    )
    exact = stats.binomtest(events, size, probability, alternative="greater").pvalue
    assert binomial_upper_tail(events, size, probability) == pytest.approx(exact, rel=1e-9, abs=1e-15)


@settings(max_examples=30)
@given(case=counts, probability=probabilities)
def test_one_more_event_is_worse_and_a_mirror_is_the_other_test(case, probability):
    events, size = case
    more = min(events + 1, size)
    assert jeffreys(more, size, probability) <= jeffreys(events, size, probability)
    assert binomial_upper_tail(more, size, probability) <= binomial_upper_tail(events, size, probability)
    mirrored = jeffreys(size - events, size, 1 - probability)
    assert jeffreys_overestimation(events, size, probability) == pytest.approx(mirrored, rel=1e-6, abs=1e-12)


def test_no_event_has_a_p_value_and_no_case_has_none():
    assert 0 < jeffreys(0, 10, 0.01) < 1
    assert binomial_upper_tail(0, 10, 0.01) == 1
    for test in (jeffreys, jeffreys_overestimation, binomial_upper_tail, at_most, binomial_z):
        assert np.isnan(test(0, 0, 0.01)) and np.isnan(test(3, 10, np.nan))
    assert np.isnan(binomial_z([0, 5], [5, 5], [0.0, 1.0])).all()


def test_vasiceks_quantile_is_the_one_of_the_capital_formula():
    """CRE31.5: N[(1 - R)^-0.5 G(PD) + (R / (1 - R))^0.5 G(0.999)], typed here the way the Basel framework prints it."""
    probability, correlation = np.array([0.0003, 0.01, 0.2]), np.array([0.24, 0.15, 0.04])
    printed = stats.norm.cdf(
        (1 - correlation) ** -0.5 * stats.norm.ppf(probability)
        + (correlation / (1 - correlation)) ** 0.5 * stats.norm.ppf(0.999)
    )
    assert vasicek_quantile(0.999, probability, correlation) == pytest.approx(printed, rel=1e-12)


@pytest.mark.parametrize(
    ("events", "size", "probability", "correlation"),
    [
        *[(20, 1000, 0.01, 0.04), (1, 50, 0.02, 0.15), (10, 10, 0.3, 0.2), (100, 400_000, 0.001, 0.24)],
        *[(1, 5, 0.5, 0.9), (40, 300, 0.1, 0.001), (1200, 100_000, 0.01, 0.001), (1, 1, 0.03, 0.5)],
    ],
)
def test_the_correlated_tail_is_the_average_over_the_factor(events, size, probability, correlation):
    """Against scipy's quadrature of the binomial tail over the common factor, the definition."""

    def at(factor):
        score = (special.ndtri(probability) - np.sqrt(correlation) * factor) / np.sqrt(1 - correlation)
        return stats.binom.sf(events - 1, size, special.ndtr(score)) * stats.norm.pdf(factor)

    rate = special.ndtri(min(events / size, 1 - 1e-6))
    step = (special.ndtri(probability) - np.sqrt(1 - correlation) * rate) / np.sqrt(correlation)
    cuts = np.unique(np.clip([-9, step - 1, step - 0.1, step, step + 0.1, step + 1, 9], -9, 9))
    pieces = [integrate.quad(at, low, high, limit=500)[0] for low, high in zip(cuts[:-1], cuts[1:], strict=True)]
    found = correlated_upper_tail([events], [size], [probability], [correlation])
    assert found[0] == pytest.approx(sum(pieces), abs=2e-6)


def test_without_correlation_it_is_the_binomial_tail_and_with_many_cases_the_quantile():
    events, size, probability = [3, 20, 1], [100, 1000, 10], [0.01, 0.015, 0.3]
    found = correlated_upper_tail(events, size, probability, np.full(3, 1e-3))
    assert found == pytest.approx(binomial_upper_tail(events, size, probability), abs=0.02)
    level = np.array([0.5, 0.9, 0.99])
    rate = vasicek_quantile(level, 0.02, 0.12)
    size = np.full(3, 10_000_000)
    tail = correlated_upper_tail(np.round(rate * size), size, np.full(3, 0.02), np.full(3, 0.12))
    assert tail == pytest.approx(1 - level, abs=1e-4)


@settings(max_examples=20)
@given(case=counts, probability=probabilities, correlation=st.floats(0.001, 0.6))
def test_the_correlated_tail_is_a_probability_that_falls_with_events(case, probability, correlation):
    events, size = case
    found = correlated_upper_tail([events, min(events + 1, size)], [size] * 2, [probability] * 2, [correlation] * 2)
    assert (found >= 0).all() and (found <= 1).all() and found[1] <= found[0] + 1e-9
    assert correlated_upper_tail([0], [size], [probability], [correlation])[0] == 1


def test_what_is_no_correlation_has_no_tail():
    found = correlated_upper_tail([1] * 5, [10, 10, 10, 0, 10], [0.1, 0.1, 0.1, 0.1, np.nan], [0, 1, np.nan, 0.1, 0.1])
    assert np.isnan(found).all()
