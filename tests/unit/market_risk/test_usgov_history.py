"""Twenty-five years of a fixed book of currencies, oil and Treasuries under two VaR models.

Market data of the Federal Reserve (H.10, H.15) and the EIA; the expected numbers come from vartests, scipy and
scikit-learn. Neither is part of the project: without the folder beside it these tests are skipped.
"""

import json

import numpy as np
import pandas as pd
import pytest

from dbt_model_risk.market_risk.attribution_metrics import attribution_metrics
from dbt_model_risk.market_risk.backtests import backtest_metrics
from dbt_model_risk.market_risk.exceptions import is_exception, transition_counts
from dbt_model_risk.market_risk.shortfall_metrics import shortfall_metrics

BOOKS = ["energy", "fx", "rates", "total"]
# Name in the expectations -> metric and column here.
COVERED = {
    "var_n": ("day_count", "value"),
    "var_exceptions": ("var_990_exceptions", "value"),
    "var_975_exceptions": ("var_975_exceptions", "value"),
    "kupiec_lr": ("kupiec_lr", "value"),
    "kupiec_p": ("kupiec_lr", "p_value"),
    "christoffersen_ind_lr": ("christoffersen_ind_lr", "value"),
    "christoffersen_ind_p": ("christoffersen_ind_lr", "p_value"),
    "christoffersen_cc_lr": ("christoffersen_cc_lr", "value"),
    "christoffersen_cc_p": ("christoffersen_cc_lr", "p_value"),
    "duration_lr": ("duration_lr", "value"),
    "duration_p": ("duration_lr", "p_value"),
    "acerbi_szekely_z2": ("acerbi_szekely_z2", "value"),
    "pla_spearman": ("pla_spearman", "value"),
    "pla_ks": ("pla_ks", "value"),
    "pla_zone": ("pla_zone", "value"),
    "binomial_p_upper": ("binomial_upper", "value"),
    "max_consecutive_exceptions": ("longest_exception_run", "value"),
    "pinball_loss_99": ("pinball_loss_990", "value"),
    "mean_var_99": ("mean_var_990", "value"),
    "traffic_light_exceptions": ("traffic_light_exceptions", "value"),
    "traffic_light_zone": ("traffic_light_zone", "value"),
    "traffic_light_multiplier_addon": ("traffic_light_addon_1996", "value"),
}
LOGARITHMIC = {name for name in COVERED if name.startswith(("kupiec", "christoffersen", "binomial", "duration"))}
LIGHTS = {"green": 0, "amber": 1, "red": 2}


@pytest.fixture(scope="module")
def folder(shared):
    path = shared / "data" / "investment_usgov_var"
    if not path.is_dir():
        pytest.skip(f"no market history at {path}")
    return path


@pytest.fixture(scope="module")
def days(folder):
    """Each model's days over all its versions, as the expectations take them."""
    names = {"date": "risk_date", "portfolio": "portfolio_id", "var_99": "var_990"}
    return pd.read_parquet(folder / "pnl_var.parquet").rename(columns=names).assign(model_version="all")


@pytest.fixture(scope="module")
def metrics(days):
    years = pd.DataFrame({"period_start": pd.date_range("2001-01-01", "2025-01-01", freq="YS")})
    years = years.assign(period_end=years["period_start"] + pd.offsets.YearEnd(0), period_grain="year")
    ever = pd.DataFrame({"period_start": [pd.Timestamp("2001-01-01")], "period_end": [pd.Timestamp("2025-12-31")]})
    periods = pd.concat([years, ever.assign(period_grain="all")])
    versions = days[["model_id", "model_version"]].drop_duplicates()
    periods = versions.merge(periods.assign(problem_type="market_risk"), how="cross")
    families = (backtest_metrics, shortfall_metrics, attribution_metrics)
    return pd.concat([family(days, periods, as_of_date="2025-12-31") for family in families], ignore_index=True)


@pytest.fixture(scope="module")
def expected(folder):
    return pd.DataFrame(json.loads((folder / "expected.json").read_text())["rows"])


def test_every_expected_number(metrics, expected):
    periods = metrics["period_start"].dt.year.astype(str).where(metrics["period_grain"] == "year", "all")
    keys = zip(metrics["model_id"], metrics["segment_value"], periods, metrics["variable"].fillna(""), strict=True)
    found = {key: rows.iloc[0] for key, rows in metrics.groupby([pd.Series(list(keys)), "metric"])}
    compared, wrong = 0, []
    for row in expected[expected["metric"].isin(COVERED)].itertuples():
        metric, column = COVERED[row.metric]
        variable = row.feature if isinstance(row.feature, str) else ""
        mine = found[((row.model_id, row.segment, row.period[:4], variable), metric)]
        value = LIGHTS.get(row.value, row.value)
        compared += 1
        relative = 1e-6 if row.metric in LOGARITHMIC else 1e-9
        if mine[column] != pytest.approx(value, rel=relative, abs=1e-12) or mine["sample_size"] != row.n:
            wrong.append((row, mine[column]))
    assert not wrong
    assert compared == 4600 + 2 * 150 + 312 + 3 * 96


def test_every_expected_transition_table(days, expected):
    series = dict(list(days.sort_values("risk_date").groupby(["model_id", "portfolio_id"])))
    tables = expected[expected["metric"] == "transition_table"]
    for row in tables.itertuples():
        judged = series[row.model_id, row.segment]
        if row.grain == "year":
            judged = judged[judged["risk_date"].dt.year == int(row.period)]
        cells = transition_counts(is_exception(judged[row.feature], judged["var_990"]), 0, len(judged))
        assert np.reshape(cells, (2, 2)).tolist() == json.loads(row.value)
    assert len(tables) == 312


def test_historical_simulation_is_red_in_every_book_at_the_end_of_2008(metrics):
    year = metrics[(metrics["period_grain"] == "year") & (metrics["period_start"] == "2008-01-01")]
    light = year[(year["metric"] == "traffic_light_zone") & (year["model_id"] == "inv_hs_var")]
    for _, rows in light.groupby(light["variable"].fillna("worse")):
        assert rows.set_index("segment_value")["value"].to_dict() == dict.fromkeys(BOOKS, 2)
