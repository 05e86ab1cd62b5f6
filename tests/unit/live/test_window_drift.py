"""Live drift: two references, a family of features each, and an index that chance does not reach."""

import datetime

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dbt_model_risk.drift.homogeneity import chi_square_homogeneity
from dbt_model_risk.drift.metrics import CONVENTIONS
from dbt_model_risk.drift.stability_index import psi, psi_critical_value
from dbt_model_risk.live.changed_rows import changed_rows
from dbt_model_risk.live.drift import LIVE_DRIFT_COLUMNS, live_drift_metrics, psi_above_chance

DAY = datetime.date(2025, 4, 7)


def window(reference, current, previous, *, variable="colour", key="m|1|day|2025-04-07", segment="all"):
    """Rows of one category: missing, other, then the listed ones."""
    bin_id = [-1, -2, *range(len(current) - 2)]
    rows = pd.DataFrame({"bin_id": bin_id, "declared_bin_id": bin_id, "current_count": current})
    rows["reference_count"], rows["previous_count"] = reference, previous
    names = {"model_id": "m", "model_version": "1", "segment_key": segment, "segment_value": segment}
    names |= {"window_key": key, "known_until": pd.Timestamp(DAY), "period_grain": "day", "period_start": DAY}
    names |= {"period_end": DAY, "variable": variable, "variable_kind": "categorical"}
    sums = [
        f"{sample}_{name}" for sample in ("reference", "current", "previous") for name in ("value_sum", "square_sum")
    ]
    return rows.assign(**names | dict.fromkeys(["lower_edge", "upper_edge", *sums], np.nan))


BEFORE, AFTER, NEAR = [5, 0, 600, 350], [0, 4, 20, 76], [0, 0, 60, 38]


def live(*windows, minimum_sample=50):
    rows = pd.concat(windows, ignore_index=True).sample(frac=1, random_state=0)
    return live_drift_metrics(rows, minimum_sample=minimum_sample)


def value(frame, metric, **keys):
    keys = {"variable": "colour", "segment_key": "all"} | keys
    rows = frame[(frame["metric"] == metric) & (frame[list(keys)] == pd.Series(keys)).all(axis=1)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_each_reference_is_compared_with_the_window():
    frame = live(window(BEFORE, AFTER, NEAR))
    of_numbers = {"ks", "wasserstein", "wasserstein_normalised", "mean_shift", "deviation_shift"}
    of_bins = {*CONVENTIONS} - of_numbers
    assert set(frame.loc[frame["reference"] == "baseline", "metric"]) == of_bins | {"psi_above_chance"}
    assert set(frame.loc[frame["reference"] == "preceding", "metric"]) == of_bins
    for reference, counts in (("baseline", BEFORE), ("preceding", NEAR)):
        occupied = np.array([counts, AFTER])[:, np.add(counts, AFTER) > 0]
        oracle = stats.chi2_contingency(occupied, correction=False)
        row = value(frame, "chi_square", reference=reference)
        assert row["value"] == pytest.approx(oracle.statistic) and row["p_value"] == pytest.approx(oracle.pvalue)
    assert frame.dtypes.astype(str).to_dict() == LIVE_DRIFT_COLUMNS
    assert (frame["known_date"] == frame["known_until"]).all()


def test_the_index_counts_where_chance_does_not_reach_it():
    """60 cases in ten bins: 0.12 is chance, whose 95 % point is 0.3; what is far beyond it stays as it is."""
    even, uneven = [0, 0, *[100] * 10], [0, 0, *[9, 3] * 5]
    frame = live(window(even, uneven, even), window(even, [0, 0, *[20, 0] * 5], even, variable="taste"))
    psi, critical = value(frame, "psi", reference="baseline"), value(frame, "psi_critical_value", reference="baseline")
    assert 0.25 < psi["value"] < critical["value"]
    assert value(frame, "psi_above_chance")["value"] == 0
    large = value(frame, "psi_above_chance", variable="taste")
    assert large["value"] == value(frame, "psi", variable="taste", reference="baseline")["value"] > 1


def test_what_cannot_be_compared_has_no_value_above_chance_either():
    frame = live(window(BEFORE, [0, 0, 20, 29], NEAR))
    row = value(frame, "psi_above_chance")
    assert np.isnan(row["value"]) and row["status_reason"] == "small_sample"


def test_a_first_window_has_a_baseline_and_nothing_before_it():
    frame = live(window(BEFORE, AFTER, None).astype({"previous_count": "Int64"}))
    assert value(frame, "psi", reference="baseline")["value"] > 0
    assert value(frame, "psi", reference="preceding")["status_reason"] == "no_preceding_window"


def test_the_family_is_the_features_of_one_reference_window_and_segment():
    frame = live(
        window(BEFORE, AFTER, NEAR),
        window(BEFORE, NEAR, AFTER, variable="taste"),
        window(BEFORE, AFTER, NEAR, variable="score"),
        window(BEFORE, AFTER, NEAR, segment="area"),
        window(BEFORE, AFTER, NEAR, key="m|1|day|2025-04-08"),
    )
    first = frame[frame["window_key"].str.endswith("07") & (frame["segment_key"] == "all")]
    for reference in ("baseline", "preceding"):
        p_values = [
            value(first, "chi_square", variable=name, reference=reference)["p_value"] for name in ("colour", "taste")
        ]
        adjusted = [
            value(first, "drift_adjusted_p", variable=name, reference=reference)["value"]
            for name in ("colour", "taste")
        ]
        assert adjusted == pytest.approx(stats.false_discovery_control(p_values))


def test_a_window_has_the_same_figures_whatever_is_computed_with_it():
    windows = [window(BEFORE, AFTER, NEAR), window(BEFORE, NEAR, AFTER, key="m|1|day|2025-04-08")]
    both = live(*windows)
    for one in windows:
        expected = both[both["window_key"] == one["window_key"].iloc[0]].reset_index(drop=True)
        pd.testing.assert_frame_equal(live(one), expected)


def test_no_rows_keep_their_types():
    frame = live_drift_metrics(pd.DataFrame(), minimum_sample=50)
    assert frame.empty and frame.dtypes.astype(str).to_dict() == LIVE_DRIFT_COLUMNS


@pytest.mark.parametrize("seed", range(3))
def test_a_year_without_drift_alarms_no_more_than_stated(seed):
    """365 windows of ten features: of 60 cases 5 % are red, where 15 % exceed the limit; of 400 none."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(10, 20.0), size=10)
    baseline = rng.multinomial(20_000, shares)
    for size, most_red in ((60, 0.05), (400, 0)):
        year = rng.multinomial(size, shares, size=(365, 10))
        reference = np.broadcast_to(baseline, year.shape)
        critical, p_value = psi_critical_value(reference, year), chi_square_homogeneity(reference, year)[1]
        above = psi_above_chance(psi(reference, year), critical=critical, chi_square_p=p_value)
        assert 0.02 < (above > 0).mean() <= 0.06
        assert (above > 0.25).mean() <= most_red


@pytest.mark.parametrize(
    ("computed", "as_of_date", "expected"),
    [
        (None, "2025-04-09", [1, 2, 3]),
        ([], "2025-04-09", [1, 2, 3]),
        ([2], "2025-04-09", [2, 3]),
        ([1, 3], "2025-04-09", [3]),
        ([3], "2025-04-02", [1, 2, 3]),
    ],
    ids=["first run", "empty", "since", "the last day again", "an earlier day"],
)
def test_only_rows_learned_since_are_computed_again(computed, as_of_date, expected):
    connection = duckdb.connect()

    def days(numbers):
        table = pd.DataFrame({"known_until": pd.to_datetime([f"2025-04-0{n}" for n in numbers])})
        return connection.from_df(table)

    computed = days(computed) if computed is not None else None
    rows = changed_rows(days([1, 2, 3]), computed=computed, as_of_date=as_of_date)
    assert sorted(rows["known_until"].dt.day) == expected
