"""Performance of returns: the reference case, and what must hold for any returns."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_model_risk.portfolio_performance.measures import (
    beta,
    information_ratio,
    max_drawdown,
    sharpe_ratio,
    tracking_error,
)

RETURNS = st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=60).map(np.array)


def test_the_reference_returns(shared, reference_case):
    case = reference_case("returns_252_var_es_performance")
    days = pd.read_csv(shared / "reference_cases" / case["inputs"]["csv"])
    returns, benchmark = days["ret"].to_numpy(), days["bench"].to_numpy()
    expected = case["expected"]["performance"]
    assert sharpe_ratio(returns) == pytest.approx(expected["sharpe_252"])
    assert max_drawdown(returns) == pytest.approx(expected["max_drawdown"])
    assert tracking_error(returns, benchmark) == pytest.approx(expected["tracking_error_ann"])
    assert information_ratio(returns, benchmark) == pytest.approx(expected["information_ratio_ann"])
    assert beta(returns, benchmark) == pytest.approx(expected["beta"])


def test_the_start_counts_as_a_peak():
    assert max_drawdown(np.array([-0.2, 0.1])) == pytest.approx(-0.2)
    assert max_drawdown(np.array([0.1, 0.1])) == 0.0
    assert max_drawdown(np.array([0.5, -2.0, 3.0])) == -1.0


@given(RETURNS)
def test_a_portfolio_that_is_its_benchmark(returns):
    assert tracking_error(returns, returns) == 0.0
    assert np.isnan(information_ratio(returns, returns))
    slope = beta(returns, returns)
    assert slope == pytest.approx(1.0) or np.isnan(slope)
    assert -1.0 <= max_drawdown(returns) <= 0.0


def test_what_never_moves_has_no_ratio():
    still = np.full(5, 0.1)
    assert np.isnan(sharpe_ratio(still))
    assert np.isnan(beta(np.arange(5.0), still))
    assert np.isnan(sharpe_ratio(np.array([0.1])))
    assert np.isnan(tracking_error(np.array([0.1]), np.array([0.2])))


def test_days_without_a_return_are_refused():
    with pytest.raises(ValueError, match="null"):
        sharpe_ratio(np.array([0.1, np.nan]))
    with pytest.raises(ValueError, match="one day"):
        max_drawdown(np.array([]))
