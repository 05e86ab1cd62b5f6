"""The table of drift metrics: every metric of a variable, and why one is missing."""

import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dbt_model_risk.drift.metrics import CONVENTIONS, drift_metrics
from dbt_model_risk.metric_frame import METRIC_COLUMNS

COHORT = {
    "cohort_number": 1,
    **{"model_id": "m", "model_version": "1", "segment_key": "all", "segment_value": "all"},
    **{"period_grain": "month", "period_start": datetime.date(2025, 4, 1), "period_end": datetime.date(2025, 4, 30)},
}
SUMS = ["reference_value_sum", "current_value_sum", "reference_square_sum", "current_square_sum"]


def numeric(reference, current, *, missing=(0, 0), variable="age", **cohort):
    """Rows of one number with an edge at each value that the reference has."""
    reference, current = np.asarray(reference, float), np.asarray(current, float)
    edges = np.unique(reference) if len(reference) else np.array([0.0])
    cells = [np.bincount(np.searchsorted(edges, xs), minlength=len(edges) + 1) for xs in (reference, current)]
    rows = pd.DataFrame(
        {
            "bin_id": [-9, -1, *range(len(edges) + 1)],
            "declared_bin_id": [np.nan, -1, *range(len(edges) + 1)],
            "lower_edge": [np.nan, np.nan, np.nan, *edges],
            "upper_edge": [np.nan, np.nan, *edges, np.nan],
            "reference_count": [0, missing[0], *cells[0]],
            "current_count": [0, missing[1], *cells[1]],
        }
    )
    for sample, xs in (("reference", reference), ("current", current)):
        rows.loc[0, [f"{sample}_value_sum", f"{sample}_square_sum"]] = [xs.sum(), (xs**2).sum()]
        rows.loc[2, f"{sample}_value_sum"] = np.maximum(edges[0] - xs, 0).sum()
        rows.loc[len(edges) + 2, f"{sample}_value_sum"] = np.maximum(xs - edges[-1], 0).sum()
    return rows.assign(**COHORT | {"variable": variable, "variable_kind": "numeric"} | cohort)


def categorical(reference, current, *, variable="colour", **cohort):
    """Rows of one category: missing, other, then the listed ones."""
    bin_id = [-1, -2, *range(len(reference) - 2)]
    rows = {"bin_id": bin_id, "declared_bin_id": bin_id, "reference_count": reference, "current_count": current}
    columns = ["lower_edge", "upper_edge", *SUMS]
    return pd.DataFrame(rows).assign(
        **COHORT | {"variable": variable, "variable_kind": "categorical"} | dict.fromkeys(columns, np.nan) | cohort
    )


def drift(*variables, minimum_sample=5):
    rows = pd.concat(variables, ignore_index=True).sample(frac=1, random_state=0)
    return drift_metrics(rows, as_of_date="2025-05-01", minimum_sample=minimum_sample)


def one(frame, metric, variable=None):
    row = frame[(frame["metric"] == metric) & (frame["variable"].isin([variable]) if variable else True)]
    assert len(row) == 1
    return row.iloc[0]


RNG = np.random.default_rng(3)
BEFORE, AFTER = RNG.integers(0, 12, 200), RNG.integers(2, 15, 150)


def test_a_number_has_every_metric_and_scipy_agrees():
    frame = drift(numeric(BEFORE, AFTER, missing=(10, 30)))
    assert frame["metric"].tolist() == list(CONVENTIONS)
    assert frame["status_reason"].isna().all()
    assert one(frame, "psi")["convention_id"] == "psi_declared_bins_floor_1e-4"
    oracle = stats.ks_2samp(BEFORE, AFTER, method="asymp")
    ks = one(frame, "ks")
    assert ks["value"] == pytest.approx(oracle.statistic, abs=1e-12)
    assert ks["p_value"] == pytest.approx(oracle.pvalue, abs=1e-5)
    assert ks["sample_size"] == 150
    distance = stats.wasserstein_distance(BEFORE, AFTER)
    assert one(frame, "wasserstein")["value"] == pytest.approx(distance, abs=1e-9)
    assert one(frame, "wasserstein_normalised")["value"] == pytest.approx(distance / BEFORE.std(), abs=1e-9)
    assert one(frame, "mean_shift")["value"] == pytest.approx((AFTER.mean() - BEFORE.mean()) / BEFORE.std(), abs=1e-9)
    assert one(frame, "deviation_shift")["value"] == pytest.approx(AFTER.std() / BEFORE.std() - 1, abs=1e-9)
    assert one(frame, "missing_rate")["value"] == pytest.approx(30 / 180)
    assert one(frame, "missing_rate")["event_count"] == 30
    change = one(frame, "missing_rate_change")
    assert change["value"] == pytest.approx(30 / 180 - 10 / 210)
    table = stats.chi2_contingency([[10, 200], [30, 150]], correction=False)
    assert change["p_value"] == pytest.approx(table.pvalue, rel=1e-9)
    assert one(frame, "unseen_rate")["value"] == pytest.approx((AFTER > 11).sum() / 180)


def test_a_category_has_the_metrics_of_bins():
    frame = drift(categorical([5, 0, 60, 35], [0, 4, 20, 76]))
    of_numbers = {"ks", "wasserstein", "wasserstein_normalised", "mean_shift", "deviation_shift"}
    assert frame["metric"].tolist() == [metric for metric in CONVENTIONS if metric not in of_numbers]
    assert one(frame, "unseen_rate")["value"] == pytest.approx(0.04)
    oracle = stats.chi2_contingency([[5, 0, 60, 35], [0, 4, 20, 76]], correction=False)
    assert one(frame, "chi_square")["value"] == pytest.approx(oracle.statistic)
    assert one(frame, "chi_square")["p_value"] == pytest.approx(oracle.pvalue)


def test_cells_are_merged_to_the_declared_bins_for_psi_alone():
    fine = numeric(BEFORE, AFTER)
    coarse = fine.assign(declared_bin_id=np.where(fine["bin_id"] >= 0, 0, fine["declared_bin_id"]))
    frame = drift(coarse)
    assert one(frame, "psi")["value"] == 0
    assert one(frame, "ks")["value"] > 0.1


def test_the_family_is_the_features_of_one_version_segment_and_period():
    other = {"cohort_number": 2, "segment_key": "area", "segment_value": "north"}
    frame = drift(
        numeric(BEFORE, AFTER),
        categorical([5, 0, 60, 35], [4, 0, 50, 46]),
        numeric(BEFORE, AFTER, variable="score"),
        numeric(BEFORE, BEFORE, **other),
    )
    p_values = [
        one(frame[frame["segment_key"] == "all"], metric, variable)["p_value"]
        for metric, variable in (("ks", "age"), ("chi_square", "colour"))
    ]
    adjusted = frame[(frame["metric"] == "drift_adjusted_p") & (frame["segment_key"] == "all")].set_index("variable")
    assert adjusted.loc[["age", "colour"], "value"].tolist() == pytest.approx(stats.false_discovery_control(p_values))
    # outputs follow from the features and are a family of their own
    score_p = one(frame, "ks", "score")["p_value"]
    assert adjusted.loc["score", "value"] == pytest.approx(score_p)
    assert adjusted.loc["age", "convention_id"] == "benjamini_hochberg_ks_p"
    assert adjusted.loc["colour", "convention_id"] == "benjamini_hochberg_chi_square_p"


def test_identical_samples_do_not_drift():
    frame = drift(numeric(BEFORE, BEFORE, missing=(5, 5)))
    distances = ["psi", "js_distance", "hellinger", "total_variation", "l_infinity", "ks", "wasserstein", "chi_square"]
    shifts = ["mean_shift", "deviation_shift", "missing_rate_change"]
    assert (frame[frame["metric"].isin([*distances, *shifts])]["value"] == 0).all()
    assert (frame["p_value"].dropna() == 1).all()


def test_one_row_too_few_is_a_small_sample():
    enough = drift(numeric(BEFORE, AFTER[:50]), minimum_sample=50)
    assert enough["status_reason"].isna().all()
    for reference, current in ((BEFORE, AFTER[:49]), (BEFORE[:49], AFTER)):
        frame = drift(numeric(reference, current), minimum_sample=50)
        assert set(frame.loc[frame["status_reason"] == "small_sample", "metric"]) == {*CONVENTIONS} - {"missing_rate"}
        assert (
            frame.loc[frame["status_reason"] == "small_sample", ["value", "p_value", "error_bound"]]
            .isna()
            .all(axis=None)
        )
        assert one(frame, "missing_rate")["value"] == 0


def test_a_version_without_a_window_has_no_baseline():
    rows = numeric([], BEFORE, missing=(0, 9)).assign(reference_count=None)
    frame = drift(rows.astype({"reference_count": "Int64"}))
    assert set(frame.loc[frame["status_reason"] == "no_baseline", "metric"]) == {*CONVENTIONS} - {"missing_rate"}
    assert one(frame, "missing_rate")["value"] == pytest.approx(9 / 209)


def test_an_empty_period_has_no_data():
    frame = drift(numeric(BEFORE, []))
    assert (frame["status_reason"] == "no_data").all() and frame["value"].isna().all()


def test_a_constant_reference_has_no_unit():
    frame = drift(numeric(np.ones(60), np.arange(60)))
    assert one(frame, "mean_shift")["status_reason"] == "zero_variance"
    assert one(frame, "deviation_shift")["status_reason"] == "zero_variance"
    assert one(frame, "wasserstein_normalised")["status_reason"] == "zero_variance"
    assert one(frame, "wasserstein")["value"] == pytest.approx(stats.wasserstein_distance(np.ones(60), np.arange(60)))


def test_sums_beyond_a_double_stop_nothing():
    frame = drift(numeric(BEFORE, AFTER).assign(current_value_sum=np.inf))
    assert one(frame, "mean_shift")["status_reason"] == "out_of_range"
    assert one(frame, "psi")["value"] > 0


@pytest.mark.parametrize(
    ("changed", "rate"),
    [
        (numeric([], BEFORE, missing=(200, 0)), 0),
        (numeric(BEFORE, [], missing=(0, 150)), 1),
        (numeric([], BEFORE, missing=(0, 0)), 0),
        (numeric(BEFORE, [], missing=(0, 0)), None),
        (numeric([], BEFORE).assign(variable_kind=None), 0),
    ],
    ids=["from all missing", "to all missing", "appears", "vanishes", "appears without bins"],
)
def test_a_variable_whose_definition_changed_says_so(changed, rate):
    frame = drift(changed, categorical([5, 0, 60, 35], [4, 0, 50, 46]))
    other, frame = frame[frame["variable"] == "colour"], frame[frame["variable"] == "age"]
    assert other["status_reason"].isna().all()
    assert (frame["status_reason"] == "definition_changed").all()
    missing_rate = one(frame, "missing_rate")["value"]
    assert np.isnan(missing_rate) if rate is None else missing_rate == rate


def test_what_came_from_all_missing_is_still_compared_on_bins():
    frame = drift(numeric(BEFORE, [], missing=(0, 150)))
    assert one(frame, "total_variation")["value"] == 1
    assert np.isnan(one(frame, "ks")["value"])


def test_below_the_range_is_unseen_and_the_edge_is_not():
    reference = np.repeat([0.0, 1.0], 50)
    low = one(drift(numeric(reference, np.repeat([0.0, 1.0, -1.0], [45, 45, 10]))), "unseen_rate")
    assert low["value"] == pytest.approx(0.05) and low["error_bound"] >= 0.05 - 1e-12
    assert one(drift(numeric(reference, reference)), "unseen_rate")[["value", "error_bound"]].tolist() == [0, 0]


def test_the_table_has_its_columns_and_one_order():
    rows = pd.concat([numeric(BEFORE, AFTER), categorical([5, 0, 60, 35], [0, 4, 20, 76])], ignore_index=True)
    tables = [
        drift_metrics(rows.sample(frac=1, random_state=seed), as_of_date="2025-05-01", minimum_sample=5)
        for seed in range(3)
    ]
    assert tables[0].dtypes.astype(str).to_dict() == METRIC_COLUMNS
    assert (tables[0]["known_date"] == pd.Timestamp("2025-05-01")).all()
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])


def test_no_rows_keep_their_types():
    frame = drift_metrics(pd.DataFrame(columns=["reference_count"]), as_of_date="2025-05-01", minimum_sample=5)
    assert frame.empty and frame.dtypes.astype(str).to_dict() == METRIC_COLUMNS
