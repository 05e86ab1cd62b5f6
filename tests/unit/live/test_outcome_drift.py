"""Outcome drift: classes as every category, amounts by mean and deviation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.live.outcome_drift import mean_difference_p, outcome_drift_metrics

SAMPLES = ("reference", "current", "previous")


def head(key):
    names = {"window_key": key, "model_id": "m", "model_version": "1", "segment_key": "all", "segment_value": "all"}
    days = dict.fromkeys(["known_until", "period_start", "period_end"], pd.Timestamp("2025-04-30"))
    return names | days | {"period_grain": "month", "variable": "outcome", "lower_edge": np.nan, "upper_edge": np.nan}


def classes(counts, key="classes"):
    """Rows of classes: one row per class, a count per sample (None: no such window)."""
    rows = pd.DataFrame([dict(zip((f"{name}_count" for name in SAMPLES), row, strict=True)) for row in counts])
    bins = {"bin_id": range(len(rows)), "declared_bin_id": range(len(rows)), "variable_kind": "categorical"}
    sums = {f"{name}_{part}_sum": np.nan for name in SAMPLES for part in ("value", "square")}
    return rows.assign(**head(key), **bins, **sums)


def amounts(samples, key="amounts"):
    """Rows of amounts: the one cell, and the row of moments."""
    cell, moments = {"bin_id": 0, "declared_bin_id": 0}, {"bin_id": -9, "declared_bin_id": np.nan}
    for name, values in zip(SAMPLES, samples, strict=True):
        values = np.asarray(values, float)
        cell[f"{name}_count"], moments[f"{name}_count"] = len(values), 0
        moments[f"{name}_value_sum"], moments[f"{name}_square_sum"] = values.sum(), (values**2).sum()
    return pd.DataFrame([cell, moments]).assign(**head(key), variable_kind="numeric")


def value(frame, metric, reference="baseline"):
    row = frame[(frame["metric"] == metric) & (frame["reference"] == reference)]
    assert len(row) == 1
    return row.iloc[0]


def test_classes_are_compared_as_scipy_compares_them():
    frame = outcome_drift_metrics(classes([(900, 80, 95), (100, 20, 5)]), minimum_sample=50)
    for reference, counts in (("baseline", [[900, 100], [80, 20]]), ("preceding", [[95, 5], [80, 20]])):
        oracle = stats.chi2_contingency(counts, correction=False)
        row = value(frame, "chi_square", reference)
        assert (row["value"], row["p_value"]) == pytest.approx((oracle.statistic, oracle.pvalue))
        assert value(frame, "drift_adjusted_p", reference)["value"] == pytest.approx(oracle.pvalue)
    assert value(frame, "total_variation")["value"] == pytest.approx(0.1)
    assert "psi_above_chance" not in set(frame["metric"])


def test_amounts_have_no_distance_between_bins_and_the_p_value_of_their_means():
    rng = np.random.default_rng(5)
    samples = [rng.normal(0.05, 0.1, 400), rng.normal(0.02, 0.15, 120), rng.normal(0.02, 0.1, 90)]
    frame = outcome_drift_metrics(amounts(samples), minimum_sample=50)
    assert set(frame["metric"]) == {"mean_shift", "deviation_shift", "drift_adjusted_p"}
    for reference, before in (("baseline", samples[0]), ("preceding", samples[2])):
        shift = (samples[1].mean() - before.mean()) / before.std()
        assert value(frame, "mean_shift", reference)["value"] == pytest.approx(shift)
        # Welch's statistic with the normal distribution in place of Student's.
        z = stats.ttest_ind(samples[1], before, equal_var=False).statistic
        row = value(frame, "drift_adjusted_p", reference)
        assert row["value"] == pytest.approx(2 * stats.norm.sf(abs(z)))
        assert pd.isna(row["status_reason"])


def test_what_cannot_be_compared_has_a_reason():
    few = outcome_drift_metrics(amounts([np.arange(400), np.arange(9), np.arange(90)]), minimum_sample=50)
    assert few["value"].isna().all() and few["status_reason"].notna().all()
    before = outcome_drift_metrics(amounts([np.arange(9), np.arange(400), np.arange(90)]), minimum_sample=50)
    assert pd.isna(value(before, "drift_adjusted_p")["value"])
    assert value(before, "drift_adjusted_p", "preceding")["value"] < 0.01
    constant = outcome_drift_metrics(amounts([np.ones(400), np.ones(90), np.ones(90)]), minimum_sample=50)
    assert value(constant, "drift_adjusted_p")[["value", "status_reason"]].isna().tolist() == [True, False]
    assert outcome_drift_metrics(classes([(1, 1, 1)]).iloc[:0], minimum_sample=50).empty


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=60), st.integers(0, 1000))
def test_a_sample_against_itself_has_no_difference_whatever_its_order(numbers, seed):
    values = np.array(numbers, float)
    shuffled = np.random.default_rng(seed).permutation(values)
    figures = [(np.array([len(v)], float), v.sum(keepdims=True), (v**2).sum(keepdims=True)) for v in (values, shuffled)]
    p_value = mean_difference_p(*figures)
    assert np.isnan(p_value) if np.ptp(values) == 0 else p_value == pytest.approx(1)
