"""A change of definition is found, dated and named; a change of the population is none."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_model_risk.live.definition_changes import CHANGE_COLUMNS, CONVERSIONS, conversion_of, definition_changes

START = pd.Timestamp("2025-01-01")


def series(days, *, baseline=None, variable="x", is_cut=False):
    """Rows of met_variable_days: per day its values, NaN where missing; None is a day without the variable."""
    rows = []
    for number, values in enumerate([baseline, *days]):
        if number == 0 and baseline is None:
            continue
        values = np.array([] if values is None else values, float)
        given = values[~np.isnan(values)]
        rows.append(
            {
                "event_date": pd.NaT if number == 0 else START + pd.Timedelta(days=number - 1),
                "model_row_count": max(len(values), 40),
                "row_count": len(values),
                "missing_count": len(values) - len(given),
                "unseen_count": 0,
                "value_sum": given.sum() if len(given) else np.nan,
                "square_sum": (given**2).sum() if len(given) else np.nan,
            }
        )
    frame = pd.DataFrame(rows).assign(model_id="m", model_version="1", variable=variable, variable_kind="numeric")
    return frame.assign(is_cut=frame["event_date"].isna() & is_cut)


def categories(unseen, *, size=40):
    frame = series([np.ones(size)] * len(unseen))
    return frame.assign(value_sum=np.nan, square_sum=np.nan, unseen_count=unseen)


def found(frame):
    changes = definition_changes(frame)
    days = (changes["changed_on"] - START).dt.days
    return list(zip(changes["change_kind"], days, strict=True))


DRAWS = {
    "normal": lambda rng, size: rng.normal(10, 4, size),
    "gamma": lambda rng, size: rng.gamma(2, 3, size),
    "uniform": lambda rng, size: rng.uniform(0, 1, size),
    "counts": lambda rng, size: rng.poisson(3, size).astype(float),
    "negative": lambda rng, size: -rng.gamma(4, 1, size),
    "two humps": lambda rng, size: np.where(rng.random(size) < 0.5, rng.normal(2, 1, size), rng.normal(9, 1, size)),
}
factors = st.floats(np.log(1.6), np.log(1e4)).flatmap(lambda x: st.sampled_from([np.exp(x), np.exp(-x)]))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(DRAWS)), factors, st.integers(5, 35), st.integers(0, 2**32))
def test_a_new_unit_is_found_on_its_day_whatever_the_distribution(name, factor, day, seed):
    rng = np.random.default_rng(seed)
    days = [DRAWS[name](rng, 60) * (factor if number >= day else 1) for number in range(40)]
    changes = definition_changes(series(days, baseline=DRAWS[name](rng, 3000)))
    assert changes["change_kind"].tolist() == ["unit_changed"]
    assert abs((changes["changed_on"].iloc[0] - START).days - day) <= (1 if 0.5 < factor < 2 else 0)
    assert changes["factor"].iloc[0] == pytest.approx(factor, rel=0.15)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(DRAWS)), st.floats(-1.5, 1.5), st.floats(0.7, 1.4), st.integers(5, 35), st.integers(0, 2**32)
)
def test_a_population_that_moves_changes_no_definition(name, shift, spread, day, seed):
    """A shift of up to one and a half deviations with more or less spread about the mean."""
    rng = np.random.default_rng(seed)
    draw = DRAWS[name]
    mean, deviation = draw(rng, 20_000).mean(), draw(rng, 20_000).std()

    def moved(values):
        return mean + shift * deviation + spread * (values - mean)

    days = [moved(draw(rng, 60)) if number >= day else draw(rng, 60) for number in range(40)]
    assert found(series(days, baseline=draw(rng, 3000))) == []


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(DRAWS)), st.integers(0, 2**32))
def test_a_population_that_stays_changes_no_definition(name, seed):
    rng = np.random.default_rng(seed)
    assert found(series([DRAWS[name](rng, 60) for _ in range(60)], baseline=DRAWS[name](rng, 3000))) == []


def test_twice_the_spread_about_zero_is_no_change_of_unit():
    rng = np.random.default_rng(1)
    assert found(series([rng.normal(0, 1 if day < 20 else 2, 60) for day in range(40)])) == []


def test_months_become_days_and_go_back():
    rng = np.random.default_rng(2)
    days = [rng.gamma(2, 44, 60) * (30.4375 if 15 <= day < 60 else 1) for day in range(100)]
    changes = definition_changes(series(days, baseline=rng.gamma(2, 44, 11_000)))
    assert changes["conversion"].tolist()[0] == "months to days"
    assert found(series(days)) == [("unit_changed", 15), ("unit_changed", 60)]
    assert changes["factor"].tolist() == pytest.approx([30.4375, 1 / 30.4375], rel=0.03)
    assert "then" in changes["evidence"].iloc[0]


def test_every_conversion_has_a_name_in_both_directions():
    for factor, (old, new) in CONVERSIONS.items():
        assert conversion_of(factor * 1.009) == f"{old} to {new}"
        assert conversion_of(0.992 / factor) == f"{new} to {old}"
    assert conversion_of(2) is None and conversion_of(-100) is None and conversion_of(102) is None
    assert conversion_of(102, error=0.015) == "shares to percent" and conversion_of(106, error=0.1) is None


def test_sector_codes_that_were_all_missing_before_1998():
    """The SBA loans' sector codes begin in 1998: a year of nothing but missing ones, then codes."""
    baseline, missing, present = np.full(900, np.nan), np.full(40, np.nan), np.full(40, 23.0)
    assert found(series([missing] * 30 + [present] * 30, baseline=baseline)) == [("left_all_missing", 30)]
    assert found(series([present] * 30 + [missing] * 30)) == [("became_all_missing", 30)]
    changes = definition_changes(series([missing] * 30 + [present] * 30, baseline=baseline))
    assert changes[["value_before", "value_after"]].to_numpy().tolist() == [[1, 0]]
    assert changes["evidence"].iloc[0] == "missing: 100.0% of 2,100 rows, then 0.0% of 1,200"


def test_a_variable_appears_and_disappears():
    present = np.ones(40)
    baseline = np.ones(900)
    assert found(series([None] * 10 + [present] * 10, baseline=baseline)) == [("disappeared", 0), ("appeared", 10)]
    assert found(series([present] * 10 + [None] * 10)) == [("disappeared", 10)]


def test_what_few_rows_say_is_chance():
    """40 rows of nothing but missing values are one day; from 50 on it is a change, dated to its first day."""
    missing, present = np.full(40, np.nan), np.ones(40)
    assert found(series([present] * 9 + [missing] + [present] * 9)) == []
    assert found(series([present] * 9 + [missing] * 2)) == [("became_all_missing", 9)]


def test_categories_beyond_the_frozen_list_are_a_new_code():
    assert found(categories([0] * 10 + [38] * 10)) == [("recoded", 10)]
    assert found(categories([0] * 10 + [37] * 10)) == []


def test_what_came_before_the_days_looked_at_has_no_day():
    rng = np.random.default_rng(3)
    days = [rng.gamma(2, 3, 60) * 12 for _ in range(20)]
    before = definition_changes(series(days, baseline=rng.gamma(2, 3, 9000), is_cut=True))
    assert before["changed_on"].isna().tolist() == [True]
    # Grown by half in a year or more: a population may do that.
    days = [rng.gamma(2, 3, 60) * 1.8 for _ in range(20)]
    assert definition_changes(series(days, baseline=rng.gamma(2, 3, 9000), is_cut=True)).empty


def test_the_order_of_rows_and_other_variables_do_not_matter():
    rng = np.random.default_rng(4)
    days = [rng.gamma(2, 3, 60) * (7 if day >= 20 else 1) for day in range(40)]
    both = pd.concat([series(days), series([rng.normal(5, 1, 60) for _ in range(40)], variable="y")])
    expected = definition_changes(series(days))
    pd.testing.assert_frame_equal(definition_changes(both.sample(frac=1, random_state=0)), expected)


def test_no_rows_keep_their_types():
    frame = definition_changes(series([np.ones(40)] * 3))
    assert frame.empty and frame.dtypes.astype(str).to_dict() == CHANGE_COLUMNS
