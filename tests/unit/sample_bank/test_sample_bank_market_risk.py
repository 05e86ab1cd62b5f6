"""Value at risk on real history: as rarely exceeded as promised in calm years, far too often in 2008.

The traffic light is that of the Basel framework, MAR32: of 250 days, 0 to 4 exceptions are green and 10 or more red.
"""

import numpy as np
import pytest

from dbt_model_risk.sample_bank.market_history import daily_closes
from dbt_model_risk.sample_bank.market_risk import HISTORY_DAYS, ewma_risk, historical_risk, market_risk_days

CALM = [2003, 2004, 2005, 2006, 2012, 2013, 2014, 2016, 2017]


@pytest.fixture(scope="module")
def days():
    log = market_risk_days().to_pandas()
    log = log.drop_duplicates(["risk_date", "portfolio_id", "model_id"])
    log["year"] = log["risk_date"].to_numpy().astype("datetime64[Y]").astype(int) + 1970
    log["is_exception"] = log["pnl_hypothetical"] < -log["var_990"]
    return log


def test_history_includes_2008_and_no_price_is_missing():
    days, closes = daily_closes()
    assert (np.diff(days) > np.timedelta64(0)).all()
    assert ((days >= np.datetime64("2008-09-01")) & (days <= np.datetime64("2008-12-31"))).sum() > 80
    assert np.isfinite(closes).all()
    assert (closes > 0.0).all()


def test_one_day_in_a_hundred_is_an_exception_in_calm_years(days):
    historical = days[(days["model_id"] == "ib_var_historical") & days["year"].isin(CALM)]
    assert historical["is_exception"].mean() == pytest.approx(0.01, abs=0.005)


def test_2008_is_red_for_every_portfolio_of_the_historical_model_and_for_none_of_the_other(days):
    crisis = days[days["year"] == 2008].groupby(["model_id", "portfolio_id"])["is_exception"].sum()
    assert (crisis["ib_var_historical"] >= 10).all()
    assert (crisis["ib_var_ewma"] < 10).all()


def test_every_forecast_is_made_before_its_day_except_the_planted_ones():
    log = market_risk_days().to_pandas()
    on_the_day = log["forecast_at"].to_numpy() >= log["risk_date"].to_numpy().astype("datetime64[ns]")
    assert on_the_day.sum() == 3


@pytest.mark.parametrize("risk", [historical_risk, ewma_risk])
def test_no_forecast_knows_its_own_day_or_a_later_one(risk):
    returns = np.random.default_rng(1).normal(0.0, 0.01, (HISTORY_DAYS + 20, 1))
    shocked = returns.copy()
    shocked[-10:] *= 50.0
    before = risk(returns)
    after = risk(shocked)
    np.testing.assert_array_equal(after[:-9], before[:-9])
    assert (after[-9:] != before[-9:]).any()


def test_historical_risk_is_the_quantile_and_the_mean_of_the_tail():
    returns = np.random.default_rng(2).standard_t(4, (HISTORY_DAYS + 5, 2)) * 0.01
    risk = historical_risk(returns)
    window = returns[3 : HISTORY_DAYS + 3]
    np.testing.assert_allclose(risk[3, :, 0], -np.quantile(window, 0.01, axis=0), rtol=1e-12)
    np.testing.assert_allclose(risk[3, :, 1], -np.quantile(window, 0.025, axis=0), rtol=1e-12)
    worst = np.sort(window, axis=0)[: int(np.ceil(0.025 * HISTORY_DAYS))]
    np.testing.assert_allclose(risk[3, :, 2], -worst.mean(axis=0), rtol=1e-12)


def test_shortfall_is_beyond_value_at_risk_and_both_are_losses(days):
    assert (days["var_975"] > 0.0).all()
    assert (days["es_975"] > days["var_975"]).all()
    assert (days["var_990"] > days["var_975"]).all()
