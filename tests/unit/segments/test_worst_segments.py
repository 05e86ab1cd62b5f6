"""Segments against the rest: the share of false findings, the order, and what must not matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from dbt_model_risk.segments.worst_segments import harm_of, worst_segments

KINDS = {
    "auc": "lower",
    "observed_expected_ratio": "from_one",
    "mae": "higher",
    "bias": "from_zero",
    "interval_coverage": "lower",
    "mean_shift": "from_zero",
}


def figures(segment, rest, *, metric="mae", error=0.1, rest_error=0.05, size=200, model="m"):
    segment, rest = np.atleast_1d(segment), np.atleast_1d(rest)
    return pd.DataFrame(
        {
            "model_id": model,
            "model_version": "1",
            "segment_key": "region",
            "segment_value": [f"r{number:03d}" for number in range(len(segment))],
            "period_grain": "quarter",
            "period_start": pd.Timestamp("2025-01-01"),
            "period_end": pd.Timestamp("2025-03-31"),
            "variable": None,
            "metric": metric,
            "harm_kind": KINDS[metric],
            "segment_figure": segment,
            "segment_error": error,
            "rest_figure": rest,
            "rest_error": rest_error,
            "whole_figure": rest,
            "sample_size": size,
            "rest_size": 1000 - size,
            "status_reason": None,
        }
    )


def test_harm_is_the_distance_from_what_is_good():
    kinds = np.array(["higher", "lower", "from_zero", "from_one", "from_one"])
    harm = harm_of(np.array([2.0, 0.7, -0.3, 2.0, 0.5]), kinds)
    assert harm == pytest.approx([2.0, -0.7, 0.3, np.log(2), np.log(2)])


def test_without_a_difference_false_findings_stay_rare(record_property):
    """400 models of 24 segments each: with nothing to find, any finding is false, at 5 % of models at most."""
    rng = np.random.default_rng(3)
    error, rest_error = 0.1, 0.05
    rows = pd.concat(
        figures(1 + error * rng.normal(size=24), 1 + rest_error * rng.normal(size=24), model=f"m{number}")
        for number in range(400)
    )
    found = worst_segments(rows, false_discovery_rate=0.05)
    with_finding = found.groupby("model_id")["is_significant"].any().mean()
    # Only findings that are worse count: half of the false ones.
    assert with_finding <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / 400)
    record_property(
        "summary", f"models of equal segments with a false worst segment: {with_finding:.1%} (2.5 % expected)"
    )


@pytest.mark.parametrize(
    ("metric", "usual", "bad"),
    [("auc", 0.8, 0.3), ("mae", 1.0, 2.0), ("bias", 0.1, -1.2), ("interval_coverage", 0.9, 0.3)],
)
def test_a_bad_segment_stands_first(metric, usual, bad):
    rng = np.random.default_rng(4)
    segment = usual + 0.1 * rng.normal(size=20)
    segment[13] = bad
    found = worst_segments(figures(segment, np.full(20, usual), metric=metric), false_discovery_rate=0.05)
    first = found.iloc[0]
    assert (first["segment_value"], first["segment_rank"], first["is_significant"]) == ("r013", 1, True)
    assert found["segment_rank"].tolist() == list(range(1, 21))


def test_of_two_bad_segments_the_larger_comes_first():
    rows = figures([2.0, 2.0, 1.0], [1.0, 1.0, 1.0])
    rows.loc[1, ["sample_size", "rest_size"]] = [500, 500]
    found = worst_segments(rows, false_discovery_rate=0.05)
    assert found["segment_value"].tolist() == ["r001", "r000", "r002"]
    assert found["impact"].tolist() == pytest.approx([0.5, 0.2, 0.0])


def test_a_better_segment_is_no_finding():
    found = worst_segments(figures([0.2], [1.0]), false_discovery_rate=0.05)
    assert found["adjusted_p"].iloc[0] < 1e-6 and not found["is_significant"].iloc[0]
    assert found["harm"].iloc[0] == pytest.approx(-0.8)


def test_what_is_not_tested_is_counted_and_comes_last():
    rows = figures([3.0, 1.2, 1.5], [1.0, 1.0, 1.0])
    rows.loc[0, "status_reason"] = "small_sample"
    found = worst_segments(rows, false_discovery_rate=0.05)
    assert found["segment_value"].tolist() == ["r002", "r001", "r000"]
    assert found[["tested_count", "untested_count"]].drop_duplicates().to_numpy().tolist() == [[2, 1]]
    last = found.iloc[-1]
    assert pd.isna(last["value"]) and pd.isna(last["adjusted_p"]) and last["status_reason"] == "small_sample"


@given(seed=st.integers(0, 10**6))
def test_p_values_are_adjusted_as_scipy_does_and_order_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    rows = pd.concat(
        [
            figures(1 + 0.3 * rng.normal(size=8), np.ones(8), metric="mae"),
            figures(np.exp(0.3 * rng.normal(size=8)), np.ones(8), metric="observed_expected_ratio"),
        ]
    )
    found = worst_segments(rows, false_discovery_rate=0.05)
    assert found["adjusted_p"].to_numpy() == pytest.approx(false_discovery_control(found["p_value"]))
    shuffled = worst_segments(rows.sample(frac=1, random_state=seed), false_discovery_rate=0.05)
    pd.testing.assert_frame_equal(found, shuffled)


@given(segment=st.floats(0.1, 3), rest=st.floats(0.1, 3), metric=st.sampled_from(list(KINDS)))
def test_the_rest_against_the_segment_is_the_same_test_turned_round(segment, rest, metric):
    one = worst_segments(figures(segment, rest, metric=metric, error=0.1, rest_error=0.1), false_discovery_rate=0.05)
    other = worst_segments(figures(rest, segment, metric=metric, error=0.1, rest_error=0.1), false_discovery_rate=0.05)
    assert one["p_value"].iloc[0] == pytest.approx(other["p_value"].iloc[0])
    assert one["harm"].iloc[0] == pytest.approx(-other["harm"].iloc[0])


def test_no_segments_give_an_empty_table():
    assert worst_segments(figures([1.0], [1.0]).iloc[:0], false_discovery_rate=0.05).empty
