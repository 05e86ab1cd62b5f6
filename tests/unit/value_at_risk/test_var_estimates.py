"""Estimates per portfolio: what day they are for, and from which days."""

import numpy as np
import pandas as pd
import pytest

from dbt_model_risk.value_at_risk.estimates import estimate_table, estimates_of_books
from dbt_model_risk.value_at_risk.estimators import ESTIMATORS
from dbt_model_risk.value_at_risk.historical import value_at_risk

AS_OF = "2025-06-30"


@pytest.fixture(scope="module")
def days():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"risk_date": pd.date_range("2022-01-03", "2024-11-15", freq="B").as_unit("us")})
    frame["pnl_hypothetical"] = rng.standard_normal(len(frame)) * 1e5
    keys = {"sandbox_id": "s", "model_id": "m", "model_version": "1", "portfolio_id": "p", "is_lead": True}
    return frame.assign(**keys)


@pytest.fixture(scope="module")
def estimates(days):
    return estimates_of_books(days, as_of_date=AS_OF)


def test_the_last_day_and_eight_quarters(estimates):
    dates = sorted(estimates["risk_date"].unique())
    assert pd.Timestamp(dates[-1]) == pd.Timestamp("2024-11-15")
    assert [str(pd.Timestamp(day).date()) for day in dates[:2]] == ["2022-12-30", "2023-03-31"]
    assert len(estimates) == 9 * len(ESTIMATORS)
    assert estimates.loc[estimates["var_990"].isna(), "status_reason"].notna().all()


def test_a_day_is_estimated_from_the_days_before(days, estimates):
    wild = days.copy()
    wild.loc[wild.index[-1], "pnl_hypothetical"] = -1e12
    pd.testing.assert_frame_equal(estimates_of_books(wild, as_of_date=AS_OF), estimates)
    last = estimates[estimates["risk_date"] == estimates["risk_date"].max()].set_index("estimator")
    expected = value_at_risk(days["pnl_hypothetical"].to_numpy()[-501:-1], tail=0.01)
    assert last.loc["historical_type7", "var_990"] == expected
    ordered = last.loc["historical_order_statistic"]
    assert ordered["var_990_low"] <= ordered["var_990"] <= ordered["var_990_high"]


def test_neither_rows_out_of_order_nor_other_models_matter(days, estimates):
    other = days.assign(model_id="n", is_lead=False, pnl_hypothetical=0.0)
    mixed = pd.concat([other, days]).sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(estimates_of_books(mixed, as_of_date=AS_OF), estimates)


def test_days_without_pnl_are_left_out(days):
    sparse = days.assign(pnl_hypothetical=days["pnl_hypothetical"].where(days.index % 4 == 0))
    rows = estimates_of_books(sparse, as_of_date=AS_OF)
    assert set(rows["status_reason"]) == {"small_sample"}
    assert rows["sample_size"].max() < 250
    table = estimate_table(rows)
    assert table["var_990"].null_count == len(rows)


def test_no_lead_no_row(days):
    assert estimate_table(estimates_of_books(days.assign(is_lead=False), as_of_date=AS_OF)).num_rows == 0
