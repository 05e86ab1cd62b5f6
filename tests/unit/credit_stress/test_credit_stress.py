"""Credit books under scenarios: figures by hand, reasons, additivity and the interval."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_model_risk.credit_stress.stress import CREDIT_STRESS, credit_stress, credit_stress_table

BOOK = {
    **{"book_id": "b", "sandbox_id": "s", "portfolio_id": "p", "model_id": "m", "satellite_id": "sat"},
    **{"exposure_amount": 1000.0, "pd": 0.1, "lgd": 0.5, "currency": "USD", "book_date": "2025-06-30"},
}
SATELLITE = {
    **{"satellite_id": "sat", "driver_factor_id": "jobs", "driver_transform": "mean_change", "quarters": 2},
    **{"intercept": -2.0, "coefficient": 0.4, "std_error": 0.1, "lgd_coefficient": 0.02, "reference_driver": 0.5},
}


def shocks(*rows):
    columns = ["scenario_id", "step", "factor_id", "shock_type", "shock_value"]
    return pd.DataFrame(rows, columns=columns).assign(scenario_version="1.0")


RELATIVE = shocks(("s", 1, "jobs", "relative", 0.1))
LEVELS = shocks(*(("s", step, "jobs", "level", value) for step, value in enumerate([4.0, 5.0, 6.0, 9.0])))


def stressed(book=(), satellite=(), moves=LEVELS):
    return credit_stress(pd.DataFrame([BOOK | dict(book)]), pd.DataFrame([SATELLITE | dict(satellite)]), moves).iloc[0]


def test_a_book_by_hand():
    row = stressed()
    # The mean of 5 and 6 less 4 is 1.5, one more than the book's reference of 0.5.
    assert (row["driver_scenario"], row["driver_shift"]) == (1.5, 1.0)
    odds = 0.1 / 0.9 * np.exp(0.4)
    assert row["pd_stressed"] == pytest.approx(odds / (1 + odds))
    assert row["lgd_stressed"] == pytest.approx(0.52)
    assert row["expected_loss_base"] == pytest.approx(50.0)
    assert row["expected_loss_stressed"] == pytest.approx(1000 * 0.52 * odds / (1 + odds))
    assert row["stress_multiplier"] == pytest.approx(row["expected_loss_stressed"] / 50)
    ends = [0.1 / 0.9 * np.exp(0.4 + side * 1.959963984540054 * 0.1) for side in (-1, 1)]
    assert row["stressed_ci_low"] == pytest.approx(520 * ends[0] / (1 + ends[0]))
    assert row["stressed_ci_high"] == pytest.approx(520 * ends[1] / (1 + ends[1]))
    assert row["status_reason"] is None


@pytest.mark.parametrize(
    ("book", "moves", "reason"),
    [
        ({"satellite_id": "other"}, LEVELS, "no_satellite"),
        ({"pd": np.nan}, LEVELS, "incomplete_book"),
        ({}, shocks(("s", 1, "oil", "relative", 0.1)), "no_driver"),
        (
            {},
            shocks(("s", 1, "jobs", "relative", 0.1)),
            "no_driver: a driver cannot be read off shocks that are relative",
        ),
        ({}, LEVELS.loc[LEVELS["step"] > 0], "no_driver: a path of levels has no step 0"),
        ({"pd": 0.0}, LEVELS, "no_base_loss"),
    ],
)
def test_what_cannot_be_computed_is_null_with_a_reason(book, moves, reason):
    row = stressed(book, moves=moves)
    assert row["status_reason"] == reason
    assert np.isnan(row["stress_multiplier"])
    assert np.isnan(row["expected_loss_stressed"]) == (reason != "no_base_loss")


def test_the_table_has_nulls_and_no_nan():
    table = credit_stress_table(pd.DataFrame([BOOK | {"pd": np.nan}]), pd.DataFrame([SATELLITE]), LEVELS)
    assert table.schema.equals(CREDIT_STRESS)
    assert table.column("expected_loss_stressed").null_count == 1
    empty = credit_stress_table(pd.DataFrame([BOOK]).iloc[:0], pd.DataFrame([SATELLITE]), LEVELS)
    assert empty.num_rows == 0


def test_an_absolute_shock_is_a_path_that_stays():
    assert stressed(moves=shocks(("s", 1, "jobs", "absolute", 1.5)))["driver_scenario"] == 1.5


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(0.001, 0.999), st.floats(0.01, 1)), min_size=1, max_size=6))
def test_losses_add_over_books_and_ignore_the_order_of_rows(books):
    frame = pd.DataFrame(
        [BOOK | {"book_id": f"b{i}", "exposure_amount": e, "pd": p, "lgd": g} for i, (e, p, g) in enumerate(books)]
    )
    satellites = pd.DataFrame([SATELLITE])
    together = credit_stress(frame, satellites, LEVELS)
    alone = [credit_stress(frame.iloc[[i]], satellites, LEVELS) for i in range(len(frame))]
    for column in ("expected_loss_base", "expected_loss_stressed"):
        assert together[column].sum() == pytest.approx(sum(row[column].sum() for row in alone))
    pd.testing.assert_frame_equal(together, credit_stress(frame.iloc[::-1], satellites, LEVELS.iloc[::-1]))
    doubled = credit_stress(frame.assign(exposure_amount=2 * frame["exposure_amount"]), satellites, LEVELS)
    assert doubled["expected_loss_stressed"].to_numpy() == pytest.approx(
        2 * together["expected_loss_stressed"].to_numpy()
    )


def test_a_scenario_at_the_reference_leaves_the_loss_as_it_is():
    row = stressed(satellite={"reference_driver": 1.5})
    assert row["expected_loss_stressed"] == pytest.approx(row["expected_loss_base"])
    assert row["stress_multiplier"] == pytest.approx(1.0)
