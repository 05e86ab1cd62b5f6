"""Pinball loss against scikit-learn, the interval of a rate against scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import mean_pinball_loss

from dbt_model_risk.market_risk.scores import pinball_losses, wilson_interval

amounts = st.floats(-1e6, 1e6)


@given(days=st.lists(st.tuples(amounts, amounts), min_size=1, max_size=20), tail=st.sampled_from([0.01, 0.025, 0.5]))
def test_pinball_loss_is_that_of_scikit_learn(days, tail):
    pnl, value_at_risk = np.array(days).T
    losses = pinball_losses(pnl, value_at_risk, tail=tail)
    assert (losses >= 0).all()
    assert losses.mean() == pytest.approx(mean_pinball_loss(pnl, -value_at_risk, alpha=tail), rel=1e-9, abs=1e-9)


def test_the_true_quantile_has_the_lowest_pinball_loss():
    pnl = np.random.default_rng(5).normal(size=20_000)
    candidates = np.linspace(1.5, 3.5, 201)
    losses = [pinball_losses(pnl, np.full(pnl.size, level), tail=0.01).mean() for level in candidates]
    assert candidates[np.argmin(losses)] == pytest.approx(-np.quantile(pnl, 0.01), abs=0.02)


@given(case=st.integers(1, 5000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_interval_is_that_of_scipy(case):
    expected = stats.binomtest(*case).proportion_ci(method="wilson")
    assert wilson_interval(*case) == pytest.approx((expected.low, expected.high), rel=1e-9, abs=1e-12)
