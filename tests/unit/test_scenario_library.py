"""The shipped scenarios: sound in themselves, and the figures of their sources.

The sources are public-domain data beside the project: without that folder the comparisons are skipped.
"""

import re
from pathlib import Path

import pandas as pd
import pytest

SEEDS = Path(__file__).parents[2] / "seeds" / "scenarios"
KEYS = {
    "scenarios": ["scenario_id", "scenario_version"],
    "scenario_shocks": ["scenario_id", "scenario_version", "step", "factor_id"],
    "factor_definitions": ["factor_id"],
    "factor_proxies": ["sandbox_id", "factor_id"],
    "shift_units": ["quote", "shift_type"],
}
VINTAGES = {"2025": "2025", "2026": "2026-proposed"}
# Factor here -> variable of the published tables, where the name does not say it.
PUBLISHED = {
    "us_equity_index": "dow_jones_total_stock_market_index",
    "vix": "market_volatility_index",
    "us_unemployment": "unemployment_rate",
    "ust_10y": "10_year_treasury_yield",
    "bbb_yield": "bbb_corporate_yield",
    "us_house_prices": "house_price_index",
    "us_commercial_property": "commercial_real_estate_price_index",
    "euro_inflation": "euro_area_inflation",
    "usdjpy": "japan_bilateral_dollar_exchange_rate_yen_usd",
    "usdasia": "developing_asia_bilateral_dollar_exchange_rate_f_usd_index",
}


def library(name):
    return pd.read_csv(SEEDS / f"{name}.csv", dtype={"scenario_version": str})


@pytest.fixture(scope="module")
def shocks():
    return library("scenario_shocks")


@pytest.fixture(scope="module")
def scenarios():
    return library("scenarios")


@pytest.mark.parametrize("name", KEYS)
def test_a_file_is_sorted_by_its_key_and_has_every_key_once(name):
    rows = library(name)
    keys = rows[KEYS[name]]
    assert not keys.duplicated().any()
    assert keys.equals(keys.sort_values(KEYS[name], ignore_index=True))


def test_every_scenario_has_shocks_or_a_window_and_every_shock_a_scenario_and_a_factor(scenarios, shocks):
    versions = scenarios.set_index(KEYS["scenarios"])
    shocked = pd.MultiIndex.from_frame(shocks[KEYS["scenarios"]].drop_duplicates())
    assert shocked.isin(versions.index).all()
    assert versions["window_from"].notna()[~versions.index.isin(shocked)].all()
    defined = set(library("factor_definitions")["factor_id"])
    assert set(shocks["factor_id"]) <= defined
    assert set(library("factor_proxies")[["factor_id", "proxy_factor_id"]].to_numpy().ravel()) <= defined


def test_two_versions_of_a_scenario_never_hold_on_the_same_day(scenarios):
    for _, versions in scenarios.sort_values("valid_from").groupby("scenario_id"):
        ends = versions["valid_to"].iloc[:-1].to_list()
        assert all(end <= start for end, start in zip(ends, versions["valid_from"].iloc[1:], strict=True))


def test_each_kind_is_there(scenarios):
    counts = scenarios.drop_duplicates("scenario_id")["kind"].value_counts()
    assert counts.to_dict() == {"sensitivity": 20, "historical": 6, "hypothetical": 6, "supervisory": 4}


@pytest.mark.parametrize("year", VINTAGES)
@pytest.mark.parametrize("scenario", ["baseline", "severely_adverse"])
def test_supervisory_paths_are_the_published_ones(shared, shocks, scenario, year):
    path = shared / "data" / "fed_scenarios" / "scenario_paths.parquet"
    if not path.is_file():
        pytest.skip(f"no supervisory scenarios at {path}")
    tables = pd.read_parquet(path)
    tables = tables.loc[tables["vintage"] == VINTAGES[year]]
    jump_off = tables.loc[tables["scenario"] == "historic", "quarter"].max()
    tables = tables.loc[
        (tables["scenario"] == scenario) | ((tables["scenario"] == "historic") & (tables["quarter"] == jump_off))
    ]
    ours = shocks.loc[shocks["scenario_id"] == f"fed_{scenario}_{year}"]
    assert len(ours) == len(tables) == 28 * 14
    assert set(ours["shock_type"]) == {"level"}
    assert sorted(ours["shock_value"]) == sorted(tables["value"])
    for factor, variable in PUBLISHED.items():
        published = tables.loc[tables["variable"] == variable].sort_values("quarter")["value"]
        assert list(ours.loc[ours["factor_id"] == factor].sort_values("step")["shock_value"]) == list(published)


def test_the_severely_adverse_path_of_2025_is_as_severe_as_announced(shocks):
    """Unemployment from 4.1 to 10.0 %, equity -50 %, house prices -33 %, commercial property -30 %."""
    path = shocks.loc[shocks["scenario_id"] == "fed_severely_adverse_2025"]
    levels = path.pivot_table(index="step", columns="factor_id", values="shock_value")
    falls = levels.min() / levels.loc[0] - 1
    assert (levels["us_unemployment"][0], levels["us_unemployment"].max()) == (4.1, 10.0)
    assert falls["us_equity_index"] == pytest.approx(-0.5, abs=0.001)
    assert falls["us_house_prices"] == pytest.approx(-0.334, abs=0.001)
    assert falls["us_commercial_property"] == pytest.approx(-0.3, abs=0.001)


def test_declared_windows_are_the_moves_of_the_public_series(shared, scenarios, shocks):
    path = shared / "data" / "investment_usgov_var" / "market_data.parquet"
    if not path.is_file():
        pytest.skip(f"no market history at {path}")
    market = pd.read_parquet(path).set_index("date")
    compared = 0
    for window in scenarios.loc[scenarios["window_from"].notna()].itertuples():
        declared = shocks.loc[
            (shocks["scenario_id"] == window.scenario_id)
            & (shocks["scenario_version"] == window.scenario_version)
            & shocks["factor_id"].isin(market.columns)
        ]
        first, last = market.loc[window.window_from], market.loc[window.window_to]
        for shock in declared.itertuples():
            base = first[shock.factor_id]
            move = last[shock.factor_id] - base
            expected = move / base if shock.shock_type == "relative" else move
            assert shock.shock_value == pytest.approx(expected, abs=1e-6), (window.scenario_id, shock.factor_id)
            compared += 1
    assert compared == 34


def test_no_row_names_a_file_or_a_folder(scenarios):
    assert not scenarios["source"].str.contains(re.compile(r"[\\/]|\.csv|\.parquet")).any()
