"""Tables as the warehouse hands them over, also where nobody logs a book, and registers as known on a day."""

import duckdb
import pandas as pd
import pytest

from dbt_model_risk.stress.known import known_register
from dbt_model_risk.stress.reverse_stress_table import REVERSE_COLUMNS, reverse_stress
from dbt_model_risk.stress.stress_pnl import PNL_COLUMNS, PROXY_COLUMNS
from dbt_model_risk.stress.warehouse import stress_tables

BOOK = "sandbox_id varchar, portfolio_id varchar, instrument_id varchar"
TABLES = {
    "sensitivities": f"{BOOK}, factor_id varchar, delta double, gamma double, vega double, shift_type varchar, "
    "shift_size double, risk_date date",
    "positions": f"{BOOK}, market_value double, risk_date date",
    "scenario_values": f"{BOOK}, scenario_id varchar, step integer, base_value double, scenario_value double, "
    "risk_date date",
    "factor_values": "factor_id varchar, factor_value double, risk_date date",
    "shocks": "scenario_id varchar, scenario_version varchar, step integer, factor_id varchar, shock_type varchar, "
    "shock_value double, base_value double, source varchar",
    "scenarios": "scenario_id varchar, scenario_version varchar, unshocked varchar, recorded_at timestamp",
    "factors": "factor_id varchar, factor_class varchar, quote varchar, volatility_factor_id varchar, "
    "floor_value double, recorded_at timestamp",
    "proxies": "sandbox_id varchar, factor_id varchar, proxy_factor_id varchar, beta double, recorded_at timestamp",
    "targets": "sandbox_id varchar, portfolio_id varchar, target_loss double, horizon_days integer, "
    "minimum_distance double, approved_by varchar, recorded_at timestamp",
}
ROWS = {
    "sensitivities": "('ib', 'p', 'i', 'oil', 2.0, null, null, 'relative', 0.01, date '2018-12-28')",
    "shocks": "('fall', '1', 1, 'oil', 'relative', -0.5, null, 'declared')",
    "scenarios": "('fall', '1', 'unchanged', timestamp '2018-01-01')",
    "factors": "('oil', 'commodity', 'price', null, null, timestamp '2018-01-01'), "
    "('oil', 'commodity', 'price', null, 0, timestamp '2025-07-01')",
}


@pytest.fixture
def tables():
    connection = duckdb.connect()
    for name, columns in TABLES.items():
        connection.execute(f"create table {name} ({columns})")
    return lambda rows: {
        name: (connection.execute(f"insert into {name} values {rows[name]}") if name in rows else None)
        or connection.table(name).df()
        for name in TABLES
    }


def frames(connection_tables, rows):
    connection_tables(rows)
    return connection_tables({})


def test_a_bank_without_books_has_empty_tables(tables):
    for rows in ({}, {name: ROWS[name] for name in ("shocks", "scenarios", "factors")}):
        given = frames(tables, rows)
        targets = given.pop("targets")
        pnl, proxies = stress_tables(**given, as_of_date="2025-06-30")
        assert (len(pnl), len(proxies)) == (0, 0)
        assert (list(pnl), list(proxies)) == (list(PNL_COLUMNS), list(PROXY_COLUMNS))
        reverse = reverse_stress(targets, given["sensitivities"], given["factors"], given["factor_values"])
        assert (len(reverse), list(reverse)) == (0, list(REVERSE_COLUMNS))


def test_a_book_without_scenarios_is_no_row(tables):
    given = frames(tables, {name: ROWS[name] for name in ("sensitivities", "factors")})
    del given["targets"]
    pnl, _ = stress_tables(**given, as_of_date="2025-06-30")
    assert len(pnl) == 0


def test_a_book_through_the_warehouse(tables):
    given = frames(tables, ROWS)
    del given["targets"]
    pnl, _ = stress_tables(**given, as_of_date="2025-06-30", top="1")
    assert set(pnl["breakdown"]) == {"portfolio", "factor_class", "factor", "instrument"}
    assert pnl["pnl"].tolist() == [-100.0] * 4


def test_a_register_is_read_as_it_was_known():
    register = pd.DataFrame(
        {
            "key": ["a", "a", "b", "a"],
            "value": [1, 2, 3, 4],
            "recorded_at": pd.to_datetime(
                ["2025-01-01", "2025-06-30 23:59", "2025-02-01", "2025-07-01"], format="mixed"
            ),
        }
    )
    known = known_register(register, ["key"], as_of_date="2025-06-30")
    assert dict(zip(known["key"], known["value"], strict=True)) == {"a": 2, "b": 3}
    assert len(known_register(register, ["key"], as_of_date="2024-12-31")) == 0
