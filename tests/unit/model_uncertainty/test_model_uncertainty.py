"""Dispersion, prudent valuation and bootstrap intervals: the reference case, and what must hold for any figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_model_risk.model_uncertainty.bootstrap import block_length, parameter_interval
from dbt_model_risk.model_uncertainty.dispersion import dispersion, model_risk_add_on
from dbt_model_risk.model_uncertainty.prudent_valuation import model_risk_adjustment
from dbt_model_risk.value_at_risk.historical import value_at_risk

FIGURES = st.lists(st.floats(0.1, 1e6), min_size=1, max_size=12)


def test_the_reference_adjustment(reference_case):
    case = reference_case("model_risk_ava")
    given_, expected = case["inputs"], case["expected"]
    result = model_risk_adjustment(given_["valuations"], fair_value=given_["fair_value"], side=given_["side"])
    assert result.prudent_value == pytest.approx(expected["prudent_value_90"])
    assert result.individual == pytest.approx(expected["individual_ava"])
    assert result.method1 == pytest.approx(expected["apva_method1"])
    assert result.method2 == pytest.approx(expected["apva_method2"])
    spread = dispersion(given_["fair_value"], np.array(given_["valuations"]))
    assert spread.relative_range == pytest.approx(expected["model_range_relative"])


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12), st.floats(-1e6, 1e6))
def test_a_short_is_a_long_of_the_opposite_sign(valuations, fair_value):
    long = model_risk_adjustment(valuations, fair_value=fair_value)
    short = model_risk_adjustment(-np.array(valuations), fair_value=-fair_value, side="short")
    assert short[1:] == pytest.approx(long[1:])
    assert short.prudent_value == pytest.approx(-long.prudent_value)
    assert min(long[1:]) >= 0.0


def test_models_that_agree_need_no_adjustment():
    assert model_risk_adjustment([5.0, 5.0], fair_value=5.0)[1:] == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("valuations", "fair_value", "side", "message"),
    [
        ([1.0], 1.0, "long", "two"),
        ([1.0, np.nan], 1.0, "long", "finite"),
        ([1.0, 2.0], np.inf, "long", "finite"),
        ([1.0, 2.0], 1.0, "flat", "flat"),
    ],
)
def test_a_valuation_that_is_none_is_refused(valuations, fair_value, side, message):
    with pytest.raises(ValueError, match=message):
        model_risk_adjustment(valuations, fair_value=fair_value, side=side)


def test_dispersion_of_three_models():
    assert dispersion(10.0, np.array([8.0, np.nan, 14.0])) == (0.6, 1.75, None)
    assert model_risk_add_on(10.0, np.array([8.0, np.nan, 14.0])) == pytest.approx(13.2 - 10.0)
    assert model_risk_add_on(14.0, np.array([8.0, 10.0])) == 0.0


def test_dispersion_that_cannot_be_computed_says_why():
    assert dispersion(1.0, np.array([np.nan])).reason == "single_model"
    assert dispersion(np.nan, np.array([1.0, 2.0])).reason == "no_champion"
    assert dispersion(0.0, np.array([1.0])).reason == "zero_champion"
    assert np.isnan(dispersion(1.0, np.array([-1.0])).risk_ratio)
    assert np.isnan(model_risk_add_on(1.0, np.array([])))
    assert np.isnan(model_risk_add_on(np.nan, np.array([1.0, 2.0])))


@given(st.floats(0.1, 1e6), FIGURES, st.floats(0.01, 100.0), st.randoms())
def test_dispersion_knows_neither_units_nor_order(champion, others, factor, random):
    spread = dispersion(champion, np.array(others))
    shuffled = list(others)
    random.shuffle(shuffled)
    scaled = dispersion(champion * factor, np.array(shuffled) * factor)
    assert scaled[:2] == pytest.approx(spread[:2])
    assert spread.relative_range >= 0.0
    assert spread.risk_ratio >= 1.0
    assert model_risk_add_on(champion, np.array(others)) <= max([champion, *others]) - champion + 1e-9


def test_identical_models_do_not_disperse():
    assert dispersion(3.0, np.full(4, 3.0)) == (0.0, 1.0, None)
    assert model_risk_add_on(3.0, np.full(4, 3.0)) == 0.0


@pytest.fixture(scope="module")
def history():
    return np.random.default_rng(3).standard_t(5, 400)


def test_the_bootstrap_is_the_same_each_time(history):
    figures = {"var": lambda pnl: value_at_risk(pnl, tail=0.01)}
    first, again = (parameter_interval(history, figures, replications=200) for _ in range(2))
    assert first == again
    assert first["var"].low <= value_at_risk(history, tail=0.01) <= first["var"].high
    assert block_length(history) >= 1.0


def test_the_mean_of_independent_days_has_the_error_of_textbooks():
    pnl = np.random.default_rng(8).standard_normal(400)
    ends = parameter_interval(pnl, {"mean": np.mean})["mean"]
    assert ends.high - ends.low == pytest.approx(2 * 1.645 / 20, rel=0.25)


def test_a_constant_history_has_no_uncertainty():
    ends = parameter_interval(np.full(50, 2.0), {"mean": np.mean}, replications=10)["mean"]
    assert ends == (2.0, 2.0)
