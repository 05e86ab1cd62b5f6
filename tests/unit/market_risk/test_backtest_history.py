"""The rolling history in SQL against the functions it stands for, on every day of the real book."""

import numpy as np
import pandas as pd
import pytest

from dbt_model_risk.market_risk.exceptions import is_exception
from dbt_model_risk.market_risk.traffic_light import ZONES, add_on, traffic_light_table, zone


@pytest.fixture(scope="module")
def days(shared):
    path = shared / "data" / "investment_usgov_var" / "pnl_var.parquet"
    if not path.is_file():
        pytest.skip(f"no market history at {path}")
    names = {"date": "risk_date", "portfolio": "portfolio_id", "var_99": "var_990"}
    days = pd.read_parquet(path).rename(columns=names).query("model_id == 'inv_hs_var'").assign(model_version="all")
    days = days.assign(risk_date=pd.to_datetime(days["risk_date"]), is_hypothetical_usable=True, is_actual_usable=True)
    # Days that cannot be used stand between others.
    days.loc[days.index[::97], ["pnl_actual", "is_actual_usable"]] = [np.nan, False]
    return days.sort_values(["portfolio_id", "risk_date"], ignore_index=True)


def test_every_day_has_the_zone_and_the_add_on_of_the_functions(evaluate, days):
    tables = {"metrics.met_market_risk_days": days, "metrics.met_traffic_light_table": traffic_light_table()}
    history = evaluate("met_backtest_history", tables)
    compared = 0
    for pnl in ("pnl_actual", "pnl_hypothetical"):
        for portfolio, series in days[days[pnl].notna()].groupby("portfolio_id"):
            found = history[(history["portfolio_id"] == portfolio) & (history["pnl_judged"] == pnl)]
            flags = pd.Series(is_exception(series[pnl], series["var_990"]))
            window = flags.rolling(250, min_periods=1)
            exceptions, size = window.sum().to_numpy(int), window.count().to_numpy(int)
            assert found["window_exceptions"].tolist() == exceptions.tolist()
            assert found["zone"].tolist() == ZONES[zone(exceptions, size)].tolist()
            assert found["add_on_mar32_9"].tolist() == add_on(exceptions, size, framework="mar32_9").tolist()
            new = found["zone"].ne(found["zone"].shift())
            assert found["zone_since"].tolist() == found["risk_date"].where(new).ffill().tolist()
            compared += len(found)
    assert compared == len(history) == 48_437
    crisis = history[history["risk_date"] == "2008-12-31"]
    assert set(crisis["portfolio_id"]) == {"energy", "fx", "rates", "total"} and crisis["zone"].eq("red").all()


def test_the_table_ends_where_every_window_is_red():
    table = traffic_light_table()
    assert table.loc[table["exceptions"] == 10, "zone"].eq("red").all()
    of_250 = table[table["window_days"] == 250]
    assert of_250["zone"].tolist() == ["green"] * 5 + ["amber"] * 5 + ["red"]
    assert of_250["add_on_mar32_9"].tolist() == [0, 0, 0, 0, 0, 0.20, 0.26, 0.33, 0.38, 0.42, 0.50]
    assert of_250["add_on_1996"].tolist() == [0, 0, 0, 0, 0, 0.40, 0.50, 0.65, 0.75, 0.85, 1.00]


def test_the_buffer_is_the_multiplier_over_the_one_without_an_add_on(reference_case):
    """MAR32.9 by the reference case: 1.50 to 2.00."""
    published = reference_case("basel_traffic_light_250")["expected"]["table"]
    multipliers = [row["mult_frtb"] for row in published if row["exceptions"] <= 10]
    table = traffic_light_table()
    of_250 = table[table["window_days"] == 250]
    assert of_250["model_risk_buffer"].tolist() == pytest.approx([value / 1.5 for value in multipliers])
