"""Shocks as moves and shifts: the units are the classic mistake."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_model_risk.stress.shifts import factor_moves, shifts_of

# name: shock_type, shock_value, quote, base, current, floor, shift_type, shift_size -> shifts
UNITS = {
    "a fall by 40 % in shifts of 1 %": ("relative", -0.4, "index", None, 2500, 0, "relative", 0.01, -40),
    "a fall by 40 % in index points": ("relative", -0.4, "index", None, 2500, 0, "absolute", 1, -1000),
    "a rise by 100 basis points in shifts of one": ("absolute", 1.0, "percent", None, 3.2, None, "absolute", 0.01, 100),
    "a negative rate moves by a difference": ("absolute", 0.5, "percent", None, -0.4, None, "absolute", 0.01, 50),
    "ten dollars in shifts of 1 %": ("absolute", -10, "price", None, 50, None, "relative", 0.01, -20),
    "a path's level against its own start": ("level", 50, "index", 100, 80, 0, "relative", 0.01, -50),
    "a rate's level against its own start": ("level", 5.5, "percent", 4.0, 3.0, None, "absolute", 0.01, 150),
    "a volatility's level in points": ("level", 72, "points", 22, 15, 0, "absolute", 1, 50),
    "a price falls below zero where it may": ("relative", -3.06, "price", None, 50, None, "absolute", 1, -153),
    "a price stops at its floor": ("absolute", -80, "price", None, 50, 0, "absolute", 1, -50),
    "and so does a share of it": ("relative", -1.5, "index", None, 2500, 0, "relative", 0.01, -100),
    "a value unknown is not needed for a share": ("relative", -0.4, "index", None, None, 0, "relative", 0.01, -40),
}
REFUSED = {
    "a share of nothing": ("relative", -0.1, "price", None, 0, None, "relative", 0.01, "non_positive_base"),
    "a share of a negative price": ("relative", -0.1, "price", None, -37, None, "absolute", 1, "non_positive_base"),
    "a ratio to a negative start": ("level", 20, "price", -1, 50, None, "relative", 0.01, "non_positive_base"),
    "dollars as a share of a negative price": (
        "absolute",
        5,
        "price",
        None,
        -2,
        None,
        "relative",
        1,
        "non_positive_base",
    ),
    "a level of an unknown base": ("level", 20, "price", None, 50, None, "relative", 0.01, "no_factor_value"),
    "a share of an unknown value in dollars": (
        "relative",
        0.1,
        "price",
        None,
        None,
        None,
        "absolute",
        1,
        "no_factor_value",
    ),
}


def shifts(shock_type, shock_value, quote, base, current, floor, shift_type, shift_size):
    moves = factor_moves([shock_type], [shock_value], quote=[quote], base=[base], current=[current], floor=[floor])
    number, reason = shifts_of(moves, [shift_type], [shift_size])
    return number[0], reason[0], bool(moves.floored[0])


@pytest.mark.parametrize("case", UNITS)
def test_units(case):
    *shock, expected = UNITS[case]
    number, reason, floored = shifts(*shock)
    assert number == pytest.approx(expected, rel=1e-12)
    assert reason is None
    assert floored == ("floor" in case or "and so" in case)


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case):
    *shock, expected = REFUSED[case]
    number, reason, floored = shifts(*shock)
    assert np.isnan(number)
    assert reason == expected
    assert not floored


@given(move=st.floats(-0.9, 5), current=st.floats(0.5, 1e4), size=st.floats(1e-4, 1))
def test_a_share_is_the_same_move_as_its_difference(move, current, size):
    as_share = shifts("relative", move, "price", None, current, None, "relative", size)[0]
    as_difference = shifts("absolute", move * current, "price", None, current, None, "relative", size)[0]
    as_level = shifts("level", current * (1 + move), "price", current, current, None, "relative", size)[0]
    assert as_share == pytest.approx(as_difference, rel=1e-9, abs=1e-9)
    assert as_share == pytest.approx(as_level, rel=1e-9, abs=1e-7)


def test_unknown_words_are_errors():
    with pytest.raises(ValueError, match="shock_type"):
        shifts("percentage", 1, "price", None, 1, None, "relative", 1)
    with pytest.raises(ValueError, match="shift_type"):
        shifts("relative", 1, "price", None, 1, None, "percentage", 1)
    with pytest.raises(ValueError, match="shift_size"):
        shifts("relative", 1, "price", None, 1, None, "relative", 0)
    with pytest.raises(ValueError, match="finite"):
        shifts("relative", None, "price", None, 1, None, "relative", 1)
