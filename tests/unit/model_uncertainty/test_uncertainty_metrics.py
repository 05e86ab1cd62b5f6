"""Model uncertainty per portfolio as metric rows."""

import numpy as np
import pandas as pd
import pytest

from dbt_model_risk.model_uncertainty.metrics import uncertainty_metrics

AS_OF = "2025-06-30"
KEY = {"sandbox_id": "s", "model_id": "m", "model_version": "1", "portfolio_id": "p"}
NO_VALUATIONS = pd.DataFrame(columns=[*KEY, "instrument_id", "valuation_model", "valuation", "fair_value", "side"])
NO_ESTIMATES = pd.DataFrame(columns=["sandbox_id", "portfolio_id", "risk_date", "estimator", "var_990", "es_975"])


@pytest.fixture(scope="module")
def days():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"risk_date": pd.date_range("2023-01-02", periods=400, freq="B").as_unit("us")})
    frame["pnl_hypothetical"] = frame["pnl_actual"] = rng.standard_normal(400)
    lead = frame.assign(**KEY, is_lead=True, is_champion=True, var_990=2.0, es_975=3.0)
    return pd.concat([lead, lead.assign(model_id="n", is_lead=False, is_champion=False, var_990=3.0, es_975=np.nan)])


def estimates_of(day, **figures):
    rows = [{"estimator": name, "var_990": value, "es_975": value} for name, value in figures.items()]
    return pd.DataFrame(rows).assign(sandbox_id="s", portfolio_id="p", risk_date=day)


def indexed(frame):
    return frame.assign(variable=frame["variable"].fillna("-")).set_index(["metric", "variable"])


def test_the_lead_beside_logged_models_and_estimators(days):
    estimates = estimates_of(days["risk_date"].max(), normal=1.0, historical_order_statistic=100.0)
    rows = indexed(uncertainty_metrics(days, estimates, NO_VALUATIONS, as_of_date=AS_OF))
    # 1, 2 and 3; another quantile convention is not another model.
    assert rows.loc[("model_dispersion", "var_990"), "value"] == 1.0
    assert rows.loc[("model_risk_ratio", "var_990"), "value"] == 3.0
    assert rows.loc[("model_risk_add_on", "var_990"), "value"] == pytest.approx(0.8)
    assert rows.loc[("model_dispersion", "var_990"), "sample_size"] == 3
    # the other model has no expected shortfall
    assert rows.loc[("model_dispersion", "es_975"), "sample_size"] == 2
    sampled = rows.loc[("parameter_uncertainty", "var_990")]
    assert sampled["ci_low"] < sampled["value"] < sampled["ci_high"]
    assert set(rows["model_id"]) == {"m"}
    assert set(rows["segment_value"]) == {"p"}


def test_a_model_alone_is_unknown_and_not_safe(days):
    alone = days[days["is_lead"]]
    rows = indexed(uncertainty_metrics(alone, NO_ESTIMATES, NO_VALUATIONS, as_of_date=AS_OF))
    for metric in ("model_dispersion", "model_risk_ratio", "model_risk_add_on"):
        assert np.isnan(rows.loc[(metric, "var_990"), "value"])
        assert rows.loc[(metric, "var_990"), "status_reason"] == "single_model"


def test_a_lead_without_a_figure(days):
    blank = days.assign(var_990=days["var_990"].where(~days["is_lead"]))
    rows = indexed(uncertainty_metrics(blank, NO_ESTIMATES, NO_VALUATIONS, as_of_date=AS_OF))
    assert rows.loc[("model_dispersion", "var_990"), "status_reason"] == "no_champion"
    assert rows.loc[("backtest_add_on", "-"), "status_reason"] == "no_data"


def test_few_days_have_no_interval(days):
    few = days[days["risk_date"] >= days["risk_date"].unique()[300]]
    rows = indexed(uncertainty_metrics(few, NO_ESTIMATES, NO_VALUATIONS, as_of_date=AS_OF))
    assert rows.loc[("parameter_uncertainty", "var_990"), "status_reason"] == "small_sample"
    assert rows.loc[("backtest_add_on", "-"), "status_reason"] == "window_not_250"


def test_the_backtest_adds_to_the_multiplier(days):
    lead = days[days["is_lead"]].reset_index(drop=True)
    lead["pnl_actual"] = lead["pnl_hypothetical"] = 0.0
    lead.loc[395:, "pnl_actual"] = -2.5
    rows = indexed(uncertainty_metrics(lead, NO_ESTIMATES, NO_VALUATIONS, as_of_date=AS_OF))
    # five exceptions of actual P&L, none of hypothetical: 0.20 of a value at risk of 2
    assert rows.loc[("backtest_add_on", "-"), "value"] == pytest.approx(0.4)


def test_adjustments_of_a_portfolio_add_up(days):
    valued = {"valuation_model": list("abc"), "valuation": [9.0, 10.0, 11.0], "fair_value": 10.0, "side": "long"}
    long = pd.DataFrame(valued).assign(**KEY, instrument_id="i")
    short = long.assign(instrument_id="j", side="short")
    single = long.iloc[:1].assign(instrument_id="k")
    one = indexed(uncertainty_metrics(days.iloc[:0], NO_ESTIMATES, long, as_of_date=AS_OF))
    both = indexed(uncertainty_metrics(days.iloc[:0], NO_ESTIMATES, pd.concat([long, short, single]), as_of_date=AS_OF))
    alone = indexed(uncertainty_metrics(days.iloc[:0], NO_ESTIMATES, single, as_of_date=AS_OF))
    for metric in ("ava_method1", "ava_method2"):
        assert one.loc[(metric, "-"), "value"] == pytest.approx(0.4)
        assert both.loc[(metric, "-"), "value"] == pytest.approx(0.8)
        assert both.loc[(metric, "-"), "event_count"] == 2
        assert both.loc[(metric, "-"), "status_reason"] == "instruments_not_quantified"
        assert alone.loc[(metric, "-"), "status_reason"] == "single_model"


def test_the_order_of_rows_does_not_matter(days):
    estimates = estimates_of(days["risk_date"].max(), normal=1.0, student_t=1.5)
    rows = uncertainty_metrics(days, estimates, NO_VALUATIONS, as_of_date=AS_OF)
    shuffled = (frame.sample(frac=1.0, random_state=5) for frame in (days, estimates))
    pd.testing.assert_frame_equal(
        uncertainty_metrics(*shuffled, NO_VALUATIONS, as_of_date=AS_OF).reset_index(drop=True),
        rows.reset_index(drop=True),
    )


def test_nothing_gives_no_rows(days):
    assert uncertainty_metrics(days.iloc[:0], NO_ESTIMATES, NO_VALUATIONS, as_of_date=AS_OF).empty
