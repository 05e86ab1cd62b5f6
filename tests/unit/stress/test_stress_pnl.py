"""Stress P&L: the published option, units, proxies, refusals, and what must hold for every book."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from dbt_model_risk.stress.revaluation import revalue
from dbt_model_risk.stress.scenario_moves import scenario_moves
from dbt_model_risk.stress.stress_pnl import stress_pnl, with_current_values
from dbt_model_risk.stress.taylor import book_of, taylor_by_factor, taylor_total

DAY = pd.Timestamp("2018-12-31")
FACTORS = pd.DataFrame(
    [
        ("cash", "equity", "price", "iv", 0.0),
        ("iv", "volatility", "points", None, 0.0),
        ("us10y", "rates", "percent", None, None),
        ("wti", "commodity", "price", None, None),
        ("brent", "commodity", "price", None, None),
    ],
    columns=["factor_id", "factor_class", "quote", "volatility_factor_id", "floor_value"],
)
VALUES = pd.DataFrame(
    {"risk_date": DAY, "factor_id": ["cash", "iv", "us10y", "wti", "brent"], "factor_value": [42.0, 20, 2.7, 45, 53]}
)
NO_PROXIES = pd.DataFrame(columns=["sandbox_id", "factor_id", "proxy_factor_id", "beta"])
NO_VALUES = pd.DataFrame(
    columns=["risk_date", "portfolio_id", "instrument_id", "scenario_id", "step", "base_value", "scenario_value"]
)
NO_POSITIONS = pd.DataFrame(columns=["risk_date", "portfolio_id", "instrument_id"])


def sensitivities(*rows):
    columns = ["portfolio_id", "instrument_id", "factor_id", "delta", "gamma", "vega", "shift_type", "shift_size"]
    return pd.DataFrame(rows, columns=columns).assign(risk_date=DAY, sandbox_id="ib")


def shocks(*rows):
    columns = ["scenario_id", "step", "factor_id", "shock_type", "shock_value"]
    return pd.DataFrame(rows, columns=columns).assign(scenario_version="1", base_value=np.nan)


def scenarios(shocked, unshocked="unchanged"):
    return shocked[["scenario_id", "scenario_version"]].drop_duplicates().assign(unshocked=unshocked)


def stressed(book, shocked, unshocked="unchanged", proxies=NO_PROXIES, values=NO_VALUES, **more):
    given_values = {"factor_values": VALUES, "scenario_values": values, "positions": NO_POSITIONS} | more
    return stress_pnl(book, shocked, scenarios(shocked, unshocked), FACTORS, proxies, **given_values)


def by(table, breakdown, column="pnl"):
    rows = table[table["breakdown"] == breakdown]
    keys = ["portfolio_id", "breakdown_value", "scenario_id", "step"]
    return rows.set_index(keys)[column].sort_index()


BOOK = sensitivities(
    ("a", "future", "wti", -2.0, 0, None, "relative", 0.01),
    ("a", "bond", "us10y", -5.0, 0.01, 0, "absolute", 0.01),
    ("b", "stock", "cash", 3.0, 0, 0, "relative", 0.01),
)
SHOCKS = shocks(
    ("crash", 1, "cash", "relative", -0.3),
    ("crash", 2, "cash", "relative", -0.5),
    ("crash", 1, "us10y", "absolute", 1.0),
    ("crash", 2, "us10y", "absolute", -1.0),
    ("oil", 1, "wti", "level", 90.0),
)


def test_an_option_by_taylor_and_in_full(reference_case):
    case = reference_case("stress_taylor_vs_full")
    terms, expected = case["inputs"], case["expected"]

    def price(spot, vol):
        spread = vol * np.sqrt(terms["T"])
        d1 = (np.log(spot / terms["K"]) + (terms["r"] + vol**2 / 2) * terms["T"]) / spread
        return spot * norm.cdf(d1) - terms["K"] * np.exp(-terms["r"] * terms["T"]) * norm.cdf(d1 - spread)

    base, units = expected["base"], terms["units"]
    assert price(terms["S"], terms["vol"]) == pytest.approx(base["price"], rel=1e-9)
    one_percent = 0.01 * terms["S"]
    book = sensitivities(
        ("p", "call", "cash", units * base["delta"] * one_percent, units * base["gamma"] * one_percent**2,
         units * base["vega"] / 100, "relative", 0.01),
    )  # fmt: skip
    moves = terms["shocks"]
    shocked = shocks(
        *((name, 1, "cash", "relative", move["d_spot_rel"]) for name, move in moves.items()),
        *((name, 1, "iv", "absolute", 100 * move["d_vol_abs"]) for name, move in moves.items()),
    )
    worlds = pd.DataFrame(
        [(None, 0, terms["S"], terms["vol"])]
        + [(n, 1, terms["S"] * (1 + m["d_spot_rel"]), terms["vol"] + m["d_vol_abs"]) for n, m in moves.items()],
        columns=["scenario_id", "step", "spot", "vol"],
    )
    held = book[["risk_date", "portfolio_id", "instrument_id"]].assign(quantity=units)
    values = revalue(held, worlds, lambda position, world: position["quantity"] * price(world["spot"], world["vol"]))
    table = stressed(book, shocked, values=values)[0]
    for breakdown, name in (("portfolio", "all"), ("instrument", "call")):
        for scenario in moves:
            row = table[(table["breakdown"] == breakdown) & (table["scenario_id"] == scenario)].iloc[0]
            wanted = expected[scenario]
            taylor = np.cumsum([row["pnl_delta"], row["pnl_gamma"], row["pnl_vega"]])
            assert taylor == pytest.approx(
                [wanted["pnl_delta"], wanted["pnl_delta_gamma"], wanted["pnl_delta_gamma_vega"]], rel=1e-6
            )
            assert row["pnl_full"] == row["pnl"] == pytest.approx(wanted["pnl_full_reval"], rel=1e-6)
            # The case states Taylor less full revaluation; here it is what Taylor misses.
            assert row["taylor_error"] == pytest.approx(-wanted["taylor_error"], rel=1e-6)
            assert (row["breakdown_value"], row["method_used"]) == (name, "full_revaluation")
    # The vega is an affair of volatility, not of equities.
    classes = by(table, "factor_class", "pnl_vega")
    assert classes["p", "volatility", "eq_+5_vol_-2", 1] == pytest.approx(-2000 * base["vega"] / 100, rel=1e-9)
    assert classes["p", "equity", "eq_+5_vol_-2", 1] == 0
    without = stressed(book, shocked)[0]
    assert set(without["method_used"]) == {"taylor"}
    assert without["taylor_error"].isna().all()


def test_a_path_by_hand():
    table = stressed(BOOK, SHOCKS)[0]
    portfolios = by(table, "portfolio")
    # 100 bp: -5 * 100 + 0.01 * 100^2 / 2; oil doubles: -2 * 100.
    assert portfolios.to_dict() == pytest.approx(
        {
            ("a", "all", "crash", 1): -450,
            ("a", "all", "crash", 2): 550,
            ("a", "all", "oil", 1): -200,
            ("b", "all", "crash", 1): -90,
            ("b", "all", "crash", 2): -150,
            ("b", "all", "oil", 1): 0,
        }
    )
    worst = by(table, "portfolio", "is_worst_step")
    assert list(worst[worst].index.droplevel(1)) == [
        ("a", "crash", 1),
        ("a", "oil", 1),
        ("b", "crash", 2),
        ("b", "oil", 1),
    ]
    assert by(table, "portfolio", "unshocked_count")["a", "all", "crash", 1] == 1
    assert by(table, "portfolio", "position_count").to_dict() == {
        key: 2 if key[0] == "a" else 1 for key in portfolios.index
    }
    contributors = by(table, "instrument", "contribution_rank")
    assert contributors["a", "bond", "crash", 1] == 1
    assert contributors["a", "future", "crash", 1] == 2
    assert by(stressed(BOOK, SHOCKS, top=1)[0], "instrument").index.droplevel([2, 3]).value_counts().max() <= 2


def test_what_a_scenario_does_not_shock():
    table = stressed(BOOK, SHOCKS, unshocked="required")[0]
    rows = table[(table["breakdown"] == "portfolio") & (table["portfolio_id"] == "a")]
    assert rows["pnl"].isna().all()
    assert set(rows["status_reason"]) == {"missing_factor"}
    assert by(table, "portfolio")["b", "all", "crash", 2] == -150


def test_proxies_are_used_and_logged():
    book = sensitivities(("p", "spread", "brent", 4.0, 0, 0, "relative", 0.01))
    proxies = pd.DataFrame({"factor_id": ["brent", "cash"], "proxy_factor_id": ["wti", "wti"], "beta": [0.9, 1.0]})
    assert len(stressed(book, SHOCKS, proxies=proxies.assign(sandbox_id="another"))[1]) == 0
    table, log = stressed(book, SHOCKS, proxies=proxies.assign(sandbox_id="ib"))
    assert by(table, "portfolio")["p", "all", "oil", 1] == pytest.approx(4 * 90)
    assert by(table, "portfolio", "proxy_count").to_dict() == {
        ("p", "all", "crash", 1): 0, ("p", "all", "crash", 2): 0, ("p", "all", "oil", 1): 1
    }  # fmt: skip
    columns = ["scenario_id", "step", "factor_id", "proxy_factor_id", "beta", "proxy_move", "move_type", "move"]
    assert log[columns].to_dict("split")["data"] == [["oil", 1, "brent", "wti", 0.9, 1.0, "relative", 0.9]]


def test_refusals_name_what_is_wrong():
    with pytest.raises(ValueError, match="'martian_equity'"):
        stressed(BOOK, shocks(("crash", 1, "martian_equity", "relative", -0.3)))
    with pytest.raises(ValueError, match="'martian_equity'"):
        stressed(BOOK.iloc[:0], shocks(("crash", 1, "martian_equity", "relative", -0.3)))
    with pytest.raises(ValueError, match="'venus'"):
        stressed(BOOK.assign(factor_id="venus"), SHOCKS)
    negative = VALUES.assign(factor_value=VALUES["factor_value"].where(VALUES["factor_id"] != "wti", -37.6))
    falls = shocks(("fall", 1, "wti", "relative", -0.3))
    row = stressed(BOOK, falls, factor_values=negative)[0].iloc[0]
    assert np.isnan(row["pnl"])
    assert row["status_reason"] == "non_positive_base"


def test_caveats():
    floored = stressed(BOOK, shocks(("gone", 1, "cash", "relative", -1.4)))[0]
    assert by(floored, "portfolio")["b", "all", "gone", 1] == pytest.approx(-300)
    assert by(floored, "portfolio", "status_reason")["b", "all", "gone", 1] == "floored"
    held = pd.DataFrame({"risk_date": DAY, "portfolio_id": ["a", "b"], "instrument_id": ["future", "exotic"]})
    reasons = by(stressed(BOOK, SHOCKS, positions=held)[0], "portfolio", "status_reason")
    assert reasons["b", "all", "oil", 1] == "positions_without_sensitivities"
    assert pd.isna(reasons["a", "all", "oil", 1])
    vega = sensitivities(("v", "option", "wti", 0, 0, 5.0, "relative", 0.01))
    assert by(stressed(vega, SHOCKS)[0], "portfolio", "unshocked_count")["v", "all", "oil", 1] == 1


def test_some_positions_revalued():
    values = pd.DataFrame(
        [(DAY, "a", "bond", "crash", 1, 1000.0, 600.0), (DAY, "b", "stock", "crash", 1, 500.0, 420.0)],
        columns=NO_VALUES.columns,
    )
    table = stressed(BOOK, SHOCKS, values=values)[0]
    rows = table[table["breakdown"] == "portfolio"].set_index(["portfolio_id", "scenario_id", "step"])
    mixed, full = rows.loc["a", "crash", 1], rows.loc["b", "crash", 1]
    assert (mixed["pnl"], mixed["taylor_error"], mixed["method_used"]) == (-400, 50, "mixed")
    assert np.isnan(mixed["pnl_full"])
    assert (full["pnl"], full["pnl_full"], full["taylor_error"]) == (-80, -80, pytest.approx(10))
    told = rows[rows["taylor_error"].notna()]
    taylor = told["pnl_delta"] + told["pnl_gamma"] + told["pnl_vega"]
    assert (taylor + told["taylor_error"]).to_numpy() == pytest.approx(told["pnl"].to_numpy())


def test_what_holds_for_a_table():
    """Additivity over factor classes and portfolios, and the same bytes whatever the order of rows."""
    generator = np.random.default_rng(4)
    keys = [(p, i, f) for p in "ab" for i in "xyz" for f in ("cash", "us10y", "wti")]
    shift = {"cash": "relative", "us10y": "absolute", "wti": "relative"}
    rows = ((*key, *generator.normal(size=3), shift[key[2]], 0.01) for key in keys)
    book = sensitivities(*rows)
    table = stressed(book, SHOCKS)[0]
    portfolios = by(table, "portfolio")
    classes = by(table, "factor_class").groupby(level=[0, 2, 3]).sum()
    assert classes.to_numpy() == pytest.approx(portfolios.droplevel(1).reindex(classes.index).to_numpy(), abs=1e-6)
    positions = by(table, "instrument").groupby(level=[0, 2]).sum()
    worst = by(table[table["is_worst_step"]], "portfolio").groupby(level=[0, 2]).sum()
    assert positions.to_numpy() == pytest.approx(worst.reindex(positions.index).to_numpy(), abs=1e-6)

    merged = book.assign(portfolio_id="both", instrument_id=book["portfolio_id"] + book["instrument_id"])
    together = by(stressed(merged, SHOCKS)[0], "portfolio").droplevel([0, 1])
    summed = portfolios.groupby(level=[2, 3]).sum()
    assert summed.to_numpy() == pytest.approx(together.reindex(summed.index).to_numpy(), abs=1e-6)

    shuffled = stressed(book.sample(frac=1, random_state=1), SHOCKS.iloc[::-1])[0]
    pd.testing.assert_frame_equal(shuffled, table, check_exact=True)


FACTOR_ROWS = with_current_values(FACTORS, VALUES, DAY)
MOVES = scenario_moves(SHOCKS, scenarios(SHOCKS), FACTOR_ROWS, NO_PROXIES)
CALM = SHOCKS[SHOCKS["shock_type"] != "level"].assign(shock_value=0.0)
STILL = scenario_moves(CALM, scenarios(CALM), FACTOR_ROWS, NO_PROXIES)
amounts = st.floats(-100, 100).map(lambda x: round(x, 3))
rows_of_a_book = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from(["cash", "us10y", "wti"]), *[amounts] * 3),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[:3],
)


@settings(deadline=None, max_examples=25)
@given(rows=rows_of_a_book)
def test_what_holds_for_every_book(rows):
    book = sensitivities(*((*row, "relative" if row[2] != "us10y" else "absolute", 0.01) for row in rows))
    matrices = book_of(book, FACTOR_ROWS, MOVES.factor_ids)
    total, split = taylor_total(matrices, MOVES).total, taylor_by_factor(matrices, MOVES).total
    assert total == pytest.approx(split.sum(axis=2), abs=1e-6)
    assert (taylor_total(matrices, STILL).total == 0).all()
    linear = replace(matrices, gamma=0 * matrices.gamma)
    doubled = replace(linear, delta=2 * linear.delta, vega=2 * linear.vega)
    assert (taylor_total(doubled, MOVES).total == 2 * taylor_total(linear, MOVES).total).all()
