"""Value at risk and expected shortfall: published cases, libraries as oracle, and what must hold on any history."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from dbt_model_risk.value_at_risk import historical, parametric
from dbt_model_risk.value_at_risk.estimators import ESTIMATORS, estimate
from dbt_model_risk.value_at_risk.filtered import filtered_pnl
from dbt_model_risk.value_at_risk.order_statistics import quantile_interval
from dbt_model_risk.value_at_risk.volatility import ewma_volatility, garch_volatility

HISTORIES = st.lists(st.integers(-1000, 1000), min_size=2, max_size=80).map(np.array)
TAILS = st.sampled_from([0.01, 0.025, 0.05, 0.3])


@pytest.fixture(scope="module")
def clustered():
    """Six hundred days whose volatility clusters."""
    rng = np.random.default_rng(4)
    pnl, variance = np.empty(600), 1.0
    for day in range(600):
        pnl[day] = np.sqrt(variance) * rng.standard_normal()
        variance = 0.05 + 0.12 * pnl[day] ** 2 + 0.83 * variance
    return pnl * 1e6


def test_the_reference_returns(shared, reference_case):
    case = reference_case("returns_252_var_es_performance")
    returns = pd.read_csv(shared / "reference_cases" / case["inputs"]["csv"])["ret"].to_numpy()
    estimators = {
        "var_linear": historical.value_at_risk,
        "var_higher_loss": historical.order_statistic_var,
        "es_exact": historical.expected_shortfall,
        "es_mean_beyond": historical.mean_beyond,
    }
    compared = 0
    for tail in (0.05, 0.025, 0.01):
        for name, expected in case["expected"][f"alpha={tail}"].items():
            assert estimators[name](returns, tail=tail) == pytest.approx(expected, rel=1e-6)
            compared += 1
    assert compared == 12


def test_the_reference_of_the_normal_distribution(reference_case):
    expected = reference_case("var_es_parametric")["expected"]
    assert len(expected) == 3
    for level, figures in expected.items():
        tail = 1.0 - float(level)
        assert parametric.normal_var(0.0, 1.0, tail=tail) == pytest.approx(figures["var"], rel=1e-9)
        assert parametric.normal_es(0.0, 1.0, tail=tail) == pytest.approx(figures["es"], rel=1e-9)


@pytest.mark.parametrize("freedom", [2.5, 4.0, 30.0])
@pytest.mark.parametrize("tail", [0.01, 0.025])
def test_student_has_the_deviation_it_is_given(freedom, tail):
    unit = stats.t(freedom, loc=0.3, scale=2.0 * np.sqrt((freedom - 2.0) / freedom))
    assert unit.std() == pytest.approx(2.0)
    assert parametric.student_var(0.3, 2.0, freedom, tail=tail) == pytest.approx(-unit.ppf(tail))
    beyond = unit.expect(lambda x: x, ub=unit.ppf(tail), conditional=True)
    assert parametric.student_es(0.3, 2.0, freedom, tail=tail) == pytest.approx(-beyond, rel=1e-5)


def test_the_freedom_is_the_likeliest():
    pnl = stats.t(5).rvs(2000, random_state=7)

    def negative(freedom):
        scale = pnl.std(ddof=1) * np.sqrt((freedom - 2) / freedom)
        return -stats.t.logpdf(pnl, freedom, loc=pnl.mean(), scale=scale).sum()

    expected = optimize.minimize_scalar(negative, bounds=(2.1, 100), method="bounded", options={"xatol": 1e-8}).x
    assert parametric.fit_freedom(pnl) == pytest.approx(expected, rel=1e-4)
    assert parametric.fit_freedom(np.linspace(-1, 1, 50)) == pytest.approx(parametric.MOST_FREEDOM)
    with pytest.raises(ValueError, match="vary"):
        parametric.fit_freedom(np.ones(9))
    with pytest.raises(ValueError, match="above 2"):
        parametric.student_var(0.0, 1.0, 2.0, tail=0.01)


def test_ewma_uses_the_days_before_alone():
    assert ewma_volatility(np.array([1.0, 0.0, 3.0]), decay=0.5) ** 2 == pytest.approx(
        [10 / 3, 13 / 6, 13 / 12, 0.5 * 13 / 12 + 4.5]
    )
    with pytest.raises(ValueError, match="decay"):
        ewma_volatility(np.ones(3), decay=1.1)


def test_ewma_is_that_of_arch(clustered):
    from arch.univariate import EWMAVariance, ZeroMean

    model = ZeroMean(clustered / 1e6, volatility=EWMAVariance(0.94))
    fit = model.fit(disp="off")
    ours = ewma_volatility(clustered / 1e6)
    # The library starts elsewhere; the start has decayed to 0.94^500.
    assert ours[500:-1] == pytest.approx(fit.conditional_volatility[500:], rel=1e-9)


def test_garch_looks_one_day_ahead(clustered):
    from arch import arch_model

    volatility = garch_volatility(clustered)
    unit = np.sqrt((clustered**2).mean())
    fit = arch_model(clustered / unit, mean="Zero", rescale=False).fit(disp="off")
    omega, alpha, beta = fit.params[["omega", "alpha[1]", "beta[1]"]]
    squares = (clustered / unit) ** 2
    expected = omega + alpha * squares + beta * (volatility[:-1] / unit) ** 2
    assert (volatility[1:] / unit) ** 2 == pytest.approx(expected, rel=1e-8)
    assert volatility[:-1] == pytest.approx(fit.conditional_volatility * unit)
    assert garch_volatility(np.zeros(300)) is None


@given(HISTORIES, TAILS)
def test_constant_volatility_filters_nothing(pnl, tail):
    filtered = filtered_pnl(pnl, np.full(pnl.size + 1, 7.0))
    assert historical.value_at_risk(filtered, tail=tail) == pytest.approx(historical.value_at_risk(pnl, tail=tail))


def test_the_filter_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="4 days"):
        filtered_pnl(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match="positive"):
        filtered_pnl(np.ones(1), np.zeros(2))


@given(HISTORIES, TAILS, st.randoms())
def test_the_order_of_days_is_nothing_to_the_historical(pnl, tail, random):
    shuffled = pnl.copy()
    random.shuffle(shuffled)
    for figure in (historical.value_at_risk, historical.order_statistic_var, historical.expected_shortfall):
        assert figure(shuffled, tail=tail) == figure(pnl, tail=tail)


@given(HISTORIES, TAILS)
def test_shortfall_lies_beyond_value_at_risk(pnl, tail):
    at_risk = historical.order_statistic_var(pnl, tail=tail)
    assert historical.expected_shortfall(pnl, tail=tail) >= at_risk - 1e-9
    assert historical.mean_beyond(pnl, tail=tail) >= historical.value_at_risk(pnl, tail=tail) - 1e-9


def test_a_history_that_is_none_is_refused():
    for pnl in (np.array([]), np.array([1.0, np.nan])):
        with pytest.raises(ValueError, match="finite"):
            historical.value_at_risk(pnl, tail=0.01)
    with pytest.raises(ValueError, match="tail"):
        historical.value_at_risk(np.ones(3), tail=1.0)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_twice_the_book_has_twice_the_risk(name, clustered):
    once, twice = estimate(name, clustered[-500:]), estimate(name, 2.0 * clustered[-500:])
    assert once.reason is None
    assert np.array(twice[:3]) == pytest.approx(2.0 * np.array(once[:3]), rel=1e-4)
    assert once.var_975 < once.var_990
    assert estimate(name, clustered[-500:]) == once


def test_what_cannot_be_estimated_says_why(clustered):
    assert estimate("normal", clustered[:249]).reason == "small_sample"
    assert estimate("student_t", np.full(250, 2.0)).reason == "constant_history"
    assert estimate("historical_type7", np.full(250, 2.0))[:3] == (-2.0, -2.0, -2.0)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_interval_holds_the_estimate(seed):
    pnl = np.random.default_rng(seed).standard_normal(500)
    low, high = quantile_interval(pnl, tail=0.01)
    assert low <= historical.order_statistic_var(pnl, tail=0.01) <= high


def test_the_interval_covers_nine_times_in_ten():
    truth = -stats.norm.ppf(0.01)
    ends = np.array([quantile_interval(np.random.default_rng(s).standard_normal(500), tail=0.01) for s in range(1500)])
    missed_low, missed_high = (ends[:, 0] > truth).mean(), (ends[:, 1] < truth).mean()
    assert max(missed_low, missed_high) < 0.065
    assert min(missed_low, missed_high) > 0.005


def test_few_days_leave_the_interval_open():
    assert np.isnan(quantile_interval(np.arange(298.0), tail=0.01)[1])
    assert quantile_interval(np.arange(299.0), tail=0.01)[1] == 0.0
