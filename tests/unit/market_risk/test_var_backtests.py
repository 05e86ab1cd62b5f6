"""The backtests as rows: what is judged, what is left out and why."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_model_risk.market_risk.backtests import KEYS, backtest_metrics
from dbt_model_risk.metric_frame import METRIC_COLUMNS

AS_OF = "2025-06-30"
ALL = ("all", "2023-11-01", AS_OF)
FIGURES = ["var_990", "var_975", "pnl_actual", "pnl_hypothetical"]
HOUR = pd.Timedelta(hours=1)
seeds = st.integers(0, 10_000)


def day_rows(pnl, *, var=10.0, first="2024-01-01", hypothetical=None, portfolio="book"):
    """Consecutive days of one portfolio."""
    return pd.DataFrame(
        {
            **{"model_id": "m", "model_version": "1", "portfolio_id": portfolio},
            "risk_date": pd.date_range(first, periods=len(pnl)),
            "pnl_actual": np.asarray(pnl, float),
            "pnl_hypothetical": np.nan if hypothetical is None else np.asarray(hypothetical, float),
            **{"var_990": var, "var_975": var},
        }
    )


def backtest(days, periods, variable="pnl_actual"):
    """The metrics of one portfolio and period, by name."""
    rows = backtest_metrics(days, periods, as_of_date=AS_OF)
    return rows[rows["variable"].isna() if variable is None else rows["variable"] == variable].set_index("metric")


def exceptions_in(days, *exceptional):
    return np.where(np.isin(np.arange(days), exceptional), -11.0, 0.0)


@pytest.mark.parametrize("level", ["var_99", "var_975"])
def test_the_reference_series(shared, reference_case, periods_of, level):
    """One day's loss equals its VaR and one day's VaR is null."""
    series = pd.read_csv(shared / "reference_cases" / "data" / "var_series_300.csv")
    days = day_rows(series["pnl"]).assign(var_990=series["var_99"], var_975=series["var_975"])
    found = backtest(days, periods_of(ALL))
    expected = reference_case("var_series_300")["expected"][level]
    if level == "var_975":
        assert found.loc["var_975_exceptions", ["value", "sample_size"]].tolist() == [expected["x"], expected["N"]]
        return
    assert found["value"][["day_count", "var_990_exceptions", "traffic_light_exceptions"]].tolist() == [
        *(expected["N"], expected["x"], expected["x_last250"])
    ]
    assert found["value"]["null_day_count"] == 1
    for metric, key in [("kupiec_lr", "uc"), ("christoffersen_ind_lr", "ind"), ("christoffersen_cc_lr", "cc")]:
        values = found.loc[metric, ["value", "p_value"]].tolist()
        assert values == pytest.approx([expected[f"lr_{key}"], expected[f"p_{key}"]], rel=1e-9)
    assert found["value"]["binomial_upper"] == pytest.approx(expected["type_i"], rel=1e-9)


def test_every_metric_of_a_plain_book(periods_of):
    days = day_rows(exceptions_in(400, 0, 150, 151, 152, 399), hypothetical=np.zeros(400))
    found = backtest(days, periods_of(("all", "2024-01-01", AS_OF)))
    expected = {
        "day_count": 400,
        "null_day_count": 0,
        "var_990_exceptions": 5,
        "var_975_exceptions": 5,
        "exception_rate_990": 0.0125,
        "traffic_light_exceptions": 4,
        "traffic_light_zone": 0,
        "traffic_light_addon": 0,
        "traffic_light_addon_1996": 0,
        "longest_exception_run": 3,
        "pinball_loss_990": (395 * 0.01 * 10 + 5 * 0.99 * 1) / 400,
    }
    assert found["value"][list(expected)].to_dict() == pytest.approx(expected)
    assert found["event_count"][["kupiec_lr", "traffic_light_zone"]].tolist() == [5, 4]
    assert found["sample_size"][["kupiec_lr", "traffic_light_zone"]].tolist() == [400, 250]
    assert found["status_reason"].isna().all()
    assert backtest(days, periods_of(ALL), variable=None)["value"]["mean_var_990"] == 10


def test_rows_carry_the_contract(random_days, periods_of):
    rows = backtest_metrics(random_days(1), periods_of(ALL), as_of_date=AS_OF)
    assert rows.dtypes.astype(str).to_dict() == METRIC_COLUMNS
    assert not rows.duplicated([*KEYS, "metric"]).any()
    assert rows["convention_id"].notna().all()
    assert rows["segment_key"].eq("portfolio").all() and rows["known_date"].eq(pd.Timestamp(AS_OF)).all()


@pytest.mark.parametrize("missing", ["days", "periods", "market_risk"])
def test_nothing_to_judge_is_an_empty_table_of_the_right_types(random_days, periods_of, missing):
    days, periods = random_days(1), periods_of(ALL)
    days = days.head(0) if missing == "days" else days
    periods = periods.head(0) if missing == "periods" else periods
    periods = periods.assign(problem_type="binary") if missing == "market_risk" else periods
    rows = backtest_metrics(days, periods, as_of_date=AS_OF)
    assert rows.empty and rows.dtypes.astype(str).to_dict() == METRIC_COLUMNS


def test_a_day_told_twice_is_refused(random_days, periods_of):
    days = random_days(1, count=3)
    with pytest.raises(ValueError, match="days must be unique, but occurs twice: .*'portfolio_id': 'book'"):
        backtest_metrics(pd.concat([days, days.tail(1)]), periods_of(ALL), as_of_date=AS_OF)


def test_a_period_without_a_usable_day_says_no_data(periods_of):
    days = day_rows([-11.0, np.nan, np.nan], first="2024-12-31").assign(var_990=[10.0, np.nan, np.nan])
    periods = periods_of(("year", "2025-01-01", "2025-12-31"), ("year", "2026-01-01", "2026-12-31"))
    rows = backtest_metrics(days, periods, as_of_date=AS_OF)
    assert rows.loc[rows["value"].notna(), ["metric", "value", "sample_size"]].to_numpy().tolist() == [
        ["null_day_count", 2.0, 2]
    ]
    silent = rows[rows["value"].isna()]
    assert silent["status_reason"].eq("no_data").all() and silent["sample_size"].eq(0).all()
    assert silent[["p_value", "ci_low", "ci_high", "event_count"]].isna().all(axis=None)


def test_each_level_of_value_at_risk_is_judged_on_its_own_days(periods_of):
    days = day_rows([-11.0, -11.0, np.nan, 0.0, 0.0])
    days = days.assign(var_975=[8.0, np.nan, 8.0, 8.0, np.nan], var_990=[10.0, 10.0, 10.0, np.nan, 10.0])
    rows = backtest_metrics(days, periods_of(ALL), as_of_date=AS_OF).set_index("metric")
    found = rows.loc[["var_975_exceptions", "var_990_exceptions", "mean_var_990"], ["value", "sample_size"]]
    assert found.to_numpy().tolist() == [[1, 2], [2, 3], [10, 4]]


def test_one_day_has_no_transition(periods_of):
    found = backtest(day_rows([-11.0]), periods_of(ALL))
    assert found["status_reason"][["christoffersen_ind_lr", "christoffersen_cc_lr"]].eq("small_sample").all()
    assert found["value"]["var_990_exceptions"] == 1


@pytest.mark.parametrize(
    ("pnl", "reason"),
    [
        (exceptions_in(250), "no_exceptions"),
        (exceptions_in(250, 0), "no_exceptions"),
        (np.full(250, -11.0), "only_exceptions"),
        (exceptions_in(250, 7), None),
    ],
)
def test_independence_without_two_kinds_of_days_is_zero_and_says_so(periods_of, pnl, reason):
    found = backtest(day_rows(pnl), periods_of(ALL))
    if reason:
        assert found.loc["christoffersen_ind_lr", ["value", "p_value"]].tolist() == [0, 1]
        assert found["value"]["christoffersen_cc_lr"] == pytest.approx(found["value"]["kupiec_lr"])
    for metric in ["christoffersen_ind_lr", "christoffersen_cc_lr"]:
        assert found["status_reason"].fillna("")[metric] == (reason or "")


@pytest.mark.parametrize(
    ("exceptional", "reason"), [(0, "too_conservative"), (1, None), (6, None), (7, "too_optimistic")]
)
def test_a_rejected_coverage_says_in_which_direction(periods_of, exceptional, reason):
    """At 5 % and 250 days, Kupiec (1995) does not reject 1 to 6 exceptions."""
    found = backtest(day_rows(exceptions_in(250, *range(exceptional))), periods_of(ALL)).loc["kupiec_lr"]
    assert (found["status_reason"] if isinstance(found["status_reason"], str) else None) == reason
    assert (found["p_value"] < 0.05) == (reason is not None)


def test_the_window_reaches_back_before_the_period_and_stops_at_its_end(periods_of):
    """251 days before the period, 10 in it, one after; exceptions on both sides of each edge."""
    days = day_rows(exceptions_in(262, 10, 11, 260, 261), first="2024-01-01")
    first, last = days["risk_date"].iloc[[251, 260]]
    found = backtest(days, periods_of(("month", first, last)))
    assert found.loc["traffic_light_exceptions", ["value", "sample_size"]].tolist() == [2, 250]
    assert found["value"][["day_count", "var_990_exceptions"]].tolist() == [10, 1]


@pytest.mark.parametrize(("count", "caveat"), [(249, "window_not_250"), (250, None), (251, None)])
def test_a_short_window_is_marked(periods_of, count, caveat):
    found = backtest(day_rows(np.zeros(count)), periods_of(ALL))["status_reason"]
    marked = found[found.index.str.startswith("traffic_light_")]
    assert len(marked) == 4
    assert marked.eq("window_not_250").all() if caveat else marked.isna().all()


@pytest.mark.parametrize(
    ("actual", "hypothetical", "worse"), [(5, 0, [5, 1, 0.2]), (2, 10, [10, 2, 0.5]), (4, 4, [4, 0, 0])]
)
def test_the_light_without_a_variable_is_the_worse_of_both(periods_of, actual, hypothetical, worse):
    days = day_rows(exceptions_in(250, *range(actual)), hypothetical=exceptions_in(250, *range(hypothetical)))
    found = backtest(days, periods_of(ALL), variable=None)["value"]
    assert found[["traffic_light_exceptions", "traffic_light_zone", "traffic_light_addon"]].tolist() == worse


def test_hypothetical_is_judged_only_where_a_portfolio_logs_it(periods_of):
    plain = day_rows(exceptions_in(250, 3), portfolio="plain")
    both = day_rows(np.full(250, np.nan), hypothetical=exceptions_in(250, 1, 5), portfolio="both")
    rows = backtest_metrics(pd.concat([plain, both]), periods_of(ALL), as_of_date=AS_OF)
    lights = rows[rows["metric"] == "traffic_light_exceptions"]
    found = {
        (row.segment_value, row.variable or None): row.value for row in lights.fillna({"variable": ""}).itertuples()
    }
    assert found == pytest.approx(
        {
            **{("plain", "pnl_actual"): 1, ("plain", None): 1},
            **{("both", "pnl_actual"): np.nan, ("both", "pnl_hypothetical"): 2, ("both", None): 2},
        },
        nan_ok=True,
    )


@settings(max_examples=8, deadline=None)
@given(seed=seeds, null_share=st.sampled_from([0.0, 0.2, 0.9]))
def test_the_order_of_rows_changes_nothing(random_days, periods_of, seed, null_share):
    days = pd.concat([random_days(seed + book, null_share=null_share, portfolio=f"b{book}") for book in range(2)])
    periods = periods_of(ALL, ("year", "2023-01-01", "2023-12-31"), ("year", "2024-01-01", "2024-12-31"))
    shuffled = [frame.sample(frac=1, random_state=seed) for frame in (days, periods)]
    pd.testing.assert_frame_equal(
        backtest_metrics(*shuffled, as_of_date=AS_OF), backtest_metrics(days, periods, as_of_date=AS_OF), rtol=0, atol=0
    )


@settings(max_examples=8, deadline=None)
@given(seed=seeds, cut=st.dates(date(2023, 11, 1), date(2024, 2, 1)), null_share=st.sampled_from([0.0, 0.3]))
def test_counts_add_up_over_parts_of_a_period(random_days, periods_of, seed, cut, null_share):
    days = random_days(seed, null_share=null_share)
    parts = [("day", "2023-11-01", cut), ("day", pd.Timestamp(cut) + pd.Timedelta(days=1), AS_OF)]
    rows = backtest_metrics(days, periods_of(ALL, *parts), as_of_date=AS_OF)
    counts = ["day_count", "null_day_count", "var_990_exceptions", "var_975_exceptions"]
    sums = rows[rows["metric"].isin(counts)].pivot_table(
        index=["metric", "variable"], columns="period_grain", values="value", aggfunc="sum"
    )
    assert len(sums) == 8
    assert (sums["all"] == sums["day"]).all()


@settings(max_examples=8, deadline=None)
@given(seed=seeds, power=st.integers(-20, 20))
def test_the_currency_changes_no_judgement(random_days, periods_of, seed, power):
    days = random_days(seed, null_share=0.1)
    scaled = days.assign(**days[FIGURES] * 2.0**power)
    found, expected = (backtest_metrics(frame, periods_of(ALL), as_of_date=AS_OF) for frame in (scaled, days))
    in_currency = expected["metric"].isin(["pinball_loss_990", "mean_var_990"])
    expected["value"] *= np.where(in_currency, 2.0**power, 1.0)
    pd.testing.assert_frame_equal(found, expected, rtol=0, atol=0)


@settings(max_examples=8, deadline=None)
@given(seed=seeds, figure=st.sampled_from(["var", "pnl"]))
def test_null_days_are_as_if_they_were_not_there(random_days, periods_of, seed, figure):
    """Their neighbours become consecutive; only their own count tells of them."""
    days = random_days(seed)
    null_days = days.sample(frac=0.3, random_state=seed).assign(risk_date=lambda frame: frame["risk_date"] + HOUR)
    nulls = ["var_990", "var_975"] if figure == "var" else ["pnl_actual", "pnl_hypothetical"]
    null_days[nulls] = np.nan
    found, expected = (
        backtest_metrics(frame, periods_of(ALL), as_of_date=AS_OF) for frame in (pd.concat([days, null_days]), days)
    )
    others = ~expected["metric"].isin(["null_day_count", "mean_var_990"])
    pd.testing.assert_frame_equal(found[others], expected[others], rtol=0, atol=0)
    assert found.loc[found["metric"] == "null_day_count", "value"].tolist() == [len(null_days)] * 2
