"""Exceptions and their order, against counting by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_model_risk.market_risk.exceptions import count_within, is_exception, longest_run, transition_counts


def spans(size):
    return st.tuples(st.integers(0, size), st.integers(0, size)).map(sorted)


flagged_spans = st.lists(st.booleans(), max_size=30).flatmap(
    lambda flags: st.tuples(st.just(np.array(flags, bool)), st.lists(spans(len(flags)), min_size=1, max_size=5))
)


def test_a_loss_equal_to_value_at_risk_is_no_exception():
    assert is_exception([-10.0, -10.000001, 10.000001, 0.0], [10.0, 10.0, 10.0, -1.0]).tolist() == [
        *(False, True, False, True)
    ]


@pytest.mark.parametrize(("pnl", "value_at_risk"), [(np.nan, 1.0), (-1.0, np.nan), (-np.inf, 1.0)])
def test_a_null_day_is_refused_and_not_kept_as_quiet(pnl, value_at_risk):
    with pytest.raises(ValueError, match="remove null days first"):
        is_exception([pnl], [value_at_risk])


@given(case=flagged_spans)
def test_spans_are_counted_like_slices(case):
    flags, bounds = case
    first, stop = np.array(bounds).T
    assert count_within(flags, first, stop).tolist() == [flags[a:b].sum() for a, b in bounds]
    found = np.stack(transition_counts(flags, first, stop), axis=1)
    for (a, b), cells in zip(bounds, found, strict=True):
        pairs = list(zip(flags[a:b], flags[a + 1 : b], strict=False))
        assert cells.tolist() == [pairs.count(pair) for pair in [(0, 0), (0, 1), (1, 0), (1, 1)]]


@given(flags=st.lists(st.booleans(), max_size=30))
def test_the_longest_run_is_the_longest_word_of_ones(flags):
    words = "".join("1" if flag else "0" for flag in flags).split("0")
    assert longest_run(np.array(flags, bool)) == max(map(len, words))
