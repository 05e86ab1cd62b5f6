"""The desk test: what counts as an exception, what excuses it, and who stopped delivering."""

import numpy as np
import pandas as pd
import pytest

from dbt_model_risk.market_risk.desk_metrics import desk_metrics
from dbt_model_risk.market_risk.desk_test import desk_exceptions, desk_ratio

AS_OF = "2025-06-30"
ALL = ("all", "2023-11-01", AS_OF)
NONE = pd.DataFrame({"model_id": [], "portfolio_id": [], "risk_date": pd.Series(dtype="datetime64[us]")})


def excused(*dates, portfolio="book"):
    return pd.DataFrame({"model_id": "m", "portfolio_id": portfolio, "risk_date": pd.to_datetime(list(dates))})


def day_rows(pnl, *, first="2024-01-01", portfolio="book", hypothetical=np.nan):
    rows = {"model_id": "m", "model_version": "1", "portfolio_id": portfolio, "pnl_hypothetical": hypothetical}
    dates = pd.date_range(first, periods=len(pnl))
    return pd.DataFrame({**rows, "risk_date": dates, "pnl_actual": pnl, "var_990": 10.0, "var_975": 8.0})


def judged(days, periods, excusals=NONE, variable="pnl_actual"):
    rows = desk_metrics(days, periods, excusals, as_of_date=AS_OF)
    of_variable = rows["variable"].isna() if variable is None else rows["variable"] == variable
    return rows[of_variable].set_index("metric")["value"].to_dict()


def test_a_missing_figure_counts_unless_excused_and_a_loss_always():
    pnl, var = [np.nan, np.nan, 0, 0, -11, -11, -10], [10, 10, np.nan, np.nan, 10, 10, 10]
    excuses = [False, True, False, True, False, True, True]
    assert desk_exceptions(pnl, var, excuses).tolist() == [True, False, True, False, True, True, False]


def test_twelve_and_thirty_are_allowed():
    assert desk_ratio([12, 13, 0], [30, 0, 31]).tolist() == [1.0, 13 / 12, 31 / 30]


def test_the_last_250_days_of_the_calendar_count(periods_of):
    pnl = np.zeros(260)
    pnl[[5, 100, 101]] = -11
    pnl[102] = -9
    pnl[200] = np.nan
    found = judged(day_rows(pnl), periods_of(ALL))
    assert found == {
        **{"desk_exceptions_990": 3, "desk_exceptions_975": 4, "desk_missing_days": 1},
        "desk_exception_ratio": 3 / 12,
    }
    assert judged(day_rows(pnl), periods_of(ALL), excused("2024-07-19"))["desk_exceptions_990"] == 2


def test_a_day_that_only_others_delivered_is_missing(periods_of):
    whole, broken = day_rows(np.zeros(260)), day_rows(np.zeros(250), portfolio="late", first="2024-01-04")
    days = pd.concat([whole, broken.drop(index=[20, 21])])
    rows = desk_metrics(days, periods_of(ALL), NONE, as_of_date=AS_OF).set_index(["segment_value", "metric"])["value"]
    # Nothing is expected before the first day; two days inside and seven at the end are missing.
    assert (rows["late", "desk_missing_days"], rows["late", "missing_desk_days"]) == (9, 7)
    assert (rows["book", "desk_missing_days"], rows["book", "missing_desk_days"]) == (0, 0)


def test_a_delivery_without_figures_is_none(periods_of):
    days = pd.concat([day_rows(np.zeros(10)), day_rows([*np.zeros(6), *[np.nan] * 4], portfolio="empty")])
    rows = desk_metrics(days, periods_of(ALL), NONE, as_of_date=AS_OF)
    missing = rows[rows["metric"] == "missing_desk_days"].set_index("segment_value")
    assert missing["value"].to_dict() == {"book": 0, "empty": 4}
    assert missing["period_grain"].eq("as_of").all() and missing["period_end"].eq(pd.Timestamp(AS_OF)).all()


def test_the_worse_of_both_profits_and_losses_is_the_desks(periods_of):
    days = day_rows(np.zeros(250), hypothetical=[-11.0] * 13 + [0.0] * 237)
    assert judged(days, periods_of(ALL))["desk_exception_ratio"] == 0
    assert judged(days, periods_of(ALL), variable=None)["desk_exception_ratio"] == pytest.approx(13 / 12)


def test_a_log_without_the_second_level_is_judged_at_the_first(periods_of):
    days = day_rows([-11.0] * 6 + [0.0] * 244).assign(var_975=np.nan)
    rows = desk_metrics(days, periods_of(ALL), NONE, as_of_date=AS_OF).set_index("metric")
    assert rows.loc["desk_exceptions_975", "status_reason"] == "no_var_levels"
    assert judged(days, periods_of(ALL))["desk_exception_ratio"] == 0.5


def test_another_number_of_days_is_marked(periods_of):
    rows = desk_metrics(day_rows(np.zeros(100)), periods_of(ALL), NONE, as_of_date=AS_OF)
    assert rows.loc[rows["metric"] == "desk_exception_ratio", "status_reason"].eq("window_not_250").all()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_does_not_matter(random_days, periods_of, seed):
    days = random_days(4, null_share=0.1)
    excusals = excused("2023-11-20", "2023-12-01")
    rows = desk_metrics(days, periods_of(ALL), excusals, as_of_date=AS_OF)
    shuffled = desk_metrics(days.sample(frac=1, random_state=seed), periods_of(ALL), excusals, as_of_date=AS_OF)
    pd.testing.assert_frame_equal(rows, shuffled)


def test_nothing_to_judge_is_an_empty_table(periods_of):
    assert desk_metrics(day_rows([]), periods_of(ALL), NONE, as_of_date=AS_OF).empty
