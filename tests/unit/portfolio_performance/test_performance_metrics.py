"""Performance per portfolio as metric rows."""

import numpy as np
import pandas as pd
import pytest

from dbt_model_risk.portfolio_performance.measures import beta, sharpe_ratio
from dbt_model_risk.portfolio_performance.metrics import performance_metrics


@pytest.fixture
def returns():
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({"risk_date": pd.date_range("2024-01-01", periods=300, freq="B").as_unit("us")})
    frame["benchmark_return"] = rng.normal(0, 0.01, 300)
    frame["portfolio_return"] = 0.8 * frame["benchmark_return"] + rng.normal(0, 0.002, 300)
    return frame.assign(model_id="m", model_version="1", portfolio_id="p")


def measured(returns):
    return performance_metrics(returns, as_of_date="2025-06-30").set_index("metric")


def test_the_last_year_in_any_order(returns):
    rows = measured(returns.sample(frac=1.0, random_state=1))
    year = returns.tail(252)
    assert rows.loc["sharpe_ratio", "value"] == sharpe_ratio(year["portfolio_return"].to_numpy())
    assert rows.loc["beta", "value"] == beta(year["portfolio_return"].to_numpy(), year["benchmark_return"].to_numpy())
    assert set(rows["sample_size"]) == {252}


def test_what_cannot_be_measured_says_why(returns):
    assert set(measured(returns.head(59))["status_reason"]) == {"small_sample"}
    alone = measured(returns.assign(benchmark_return=np.nan))
    assert alone.loc["beta", "status_reason"] == "no_benchmark"
    assert np.isfinite(alone.loc["sharpe_ratio", "value"])
    still = measured(returns.assign(portfolio_return=0.01))
    assert still.loc["sharpe_ratio", "status_reason"] == "constant_returns"
    assert performance_metrics(returns.iloc[:0], as_of_date="2025-06-30").empty


def test_days_without_a_return_are_left_out(returns):
    gaps = returns.assign(benchmark_return=returns["benchmark_return"].where(returns.index % 2 == 0))
    rows = measured(gaps)
    assert rows.loc["sharpe_ratio", "sample_size"] == 252
    assert rows.loc["beta", "sample_size"] == 126
