"""The segment of a realised loss in SQL: the edges of ECB (2019), Instructions for reporting, section 2.6."""

from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

ROOT = Path(__file__).parents[3]
# Lower ends of segments 1 to 11, as the instructions print them.
LOWER_ENDS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


@pytest.fixture(scope="module")
def segments():
    """The macro, rendered by Jinja alone, on doubles."""
    text = (ROOT / "macros" / "evidence" / "outcome_terms.sql").read_text()
    case = Environment().from_string(text).module.loss_segment("realised")
    connection = duckdb.connect()

    def found(values):
        connection.register("frame", {"realised": np.asarray(values, float)})
        query = f"select {case} as segment from (select *, row_number() over () as row from frame) order by row"
        return [row[0] for row in connection.execute(query).fetchall()]

    return found


@pytest.mark.parametrize(
    ("realised", "segment"),
    [(-0.1, "0"), (0.0, "0"), (0.05, "1"), (0.1, "2"), (0.35, "4"), (0.95, "10"), (1.0, "11"), (1.4, "11")],
)
def test_a_loss_lies_in_its_segment(segments, realised, segment):
    assert segments([realised]) == [segment]


def test_every_lower_end_opens_its_segment_and_the_double_below_does_not(segments):
    assert segments(LOWER_ENDS) == [str(segment) for segment in range(1, 12)]
    assert segments(np.nextafter(LOWER_ENDS, -1)) == [str(segment) for segment in range(11)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1, 2), min_size=1, max_size=20))
def test_segments_are_those_of_numpy(segments, realised):
    assert segments(realised) == np.searchsorted(LOWER_ENDS, realised, side="right").astype(str).tolist()
