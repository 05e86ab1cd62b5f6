"""Multivariate drift against scikit-learn's PCA, and what has to hold of both measures."""

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from dbt_model_risk.errors import UserError
from dbt_model_risk.multivariate.domain_classifier import domain_auc
from dbt_model_risk.multivariate.encoding import encoded
from dbt_model_risk.multivariate.metrics import multivariate_metrics
from dbt_model_risk.multivariate.reconstruction import components, reconstruction_errors

BASELINES = pd.DataFrame(
    [
        *({"variable": name, "variable_kind": "numeric", "bin_id": 0, "category": None} for name in ("a", "b")),
        *({"variable": "c", "variable_kind": "categorical", "bin_id": i, "category": "xy"[i]} for i in range(2)),
    ]
).assign(model_id="m", model_version="1")


def drawn(seed, count=1000, correlation=0.9, shift=0.0):
    """Two correlated standard normals and a category that follows the first."""
    rng = np.random.default_rng(seed)
    a, noise = rng.normal(size=(2, count))
    b = correlation * a + np.sqrt(1 - correlation**2) * noise
    return pd.DataFrame({"a": a + shift, "b": b + shift, "c": np.where(rng.normal(size=count) > 0, "x", "y")})


def long(reference, current):
    parts = []
    for window, frame in {"reference": reference, "current": current}.items():
        melted = frame.reset_index(drop=True).rename_axis("row_number").reset_index().melt("row_number")
        is_text = melted["variable"].eq("c")
        parts.append(
            melted.assign(
                sample_window=window,
                number_value=pd.to_numeric(melted["value"].where(~is_text), errors="coerce"),
                text_value=melted["value"].where(is_text),
            )
        )
    return pd.concat(parts).drop(columns="value").assign(model_id="m", model_version="1")


def measured(reference, current, minimum_sample=100):
    samples = long(reference, current)
    found = multivariate_metrics(samples, BASELINES, as_of_date="2025-06-30", minimum_sample=minimum_sample)
    return found.set_index("metric")


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), columns=st.integers(2, 8))
def test_errors_are_those_of_scikit_learn_and_do_not_depend_on_the_order_of_rows(seed, columns):
    rng = np.random.default_rng(seed)
    reference = rng.normal(size=(200, columns)) @ rng.normal(size=(columns, columns))
    reference = (reference - reference.mean(axis=0)) / reference.std(axis=0)
    current = rng.normal(size=(50, columns))
    rows = components(reference)
    pca = PCA(n_components=len(rows)).fit(reference)
    assert pca.explained_variance_ratio_.sum() >= 0.65 or len(rows) == columns
    assert len(rows) == 1 or pca.explained_variance_ratio_[:-1].sum() < 0.65
    away = np.linalg.norm(current - pca.inverse_transform(pca.transform(current)), axis=1)
    errors = reconstruction_errors(current, rows)
    assert errors == pytest.approx(away, abs=1e-9)
    order = rng.permutation(50)
    shuffled = reconstruction_errors(current[order], components(reference[rng.permutation(200)]))
    assert shuffled == pytest.approx(errors[order], abs=1e-9)


def test_the_same_population_is_not_told_apart():
    found = measured(drawn(1), drawn(2))
    auc = found.loc["domain_classifier_auc"]
    assert 0.45 < auc["value"] < 0.55
    assert auc["ci_low"] < 0.5 < auc["ci_high"]
    error = found.loc["reconstruction_error"]
    assert error["ci_low"] < error["value"] < error["ci_high"]


def test_a_shift_of_the_mean_is_told_apart_the_better_the_larger_it_is():
    aucs = [measured(drawn(1), drawn(2, shift=s)).loc["domain_classifier_auc", "value"] for s in (0, 1, 4)]
    assert aucs == sorted(aucs)
    assert aucs[1] > 0.65 and aucs[2] > 0.99


def test_a_correlation_that_flips_is_found_though_no_feature_alone_has_moved():
    reference, current = drawn(1), drawn(2, correlation=-0.9)
    for name in ("a", "b"):
        edges = np.quantile(reference[name], np.arange(0.1, 1, 0.1))
        before, after = (np.bincount(np.digitize(f[name], edges), minlength=10) / 1000 for f in (reference, current))
        assert np.sum((after - before) * np.log(after / before)) < 0.1
    found = measured(reference, current)
    assert found.loc["reconstruction_error", "value"] > found.loc["reconstruction_error", "ci_high"]
    assert found.loc["reconstruction_error_shift", "value"] > 3
    assert found.loc["domain_classifier_auc", "value"] > 0.65


def test_missing_values_and_new_categories_are_filled_from_the_reference():
    reference = pd.DataFrame({"a": [1.0, 2.0, 6.0, np.nan], "c": ["x", "x", "y", None]})
    current = pd.DataFrame({"a": [np.nan, 3.0], "c": [None, "new"]})
    before, after = encoded(reference, current, {"c": ["x", "y"]})
    assert before.mean(axis=0) == pytest.approx(0, abs=1e-12) and before.std(axis=0) == pytest.approx(1)
    assert after[0] == pytest.approx(before[3])
    assert after[1, 1] < 0 and after[1, 2] < 0


def test_what_cannot_be_measured_says_why():
    assert set(measured(drawn(1), drawn(2, count=50))["status_reason"]) == {"small_sample"}
    assert set(measured(drawn(1), drawn(2).head(0))["status_reason"]) == {"no_data"}
    assert set(measured(drawn(1).head(0), drawn(2))["status_reason"]) == {"no_baseline"}
    assert measured(drawn(1).head(0), drawn(2).head(0)).empty


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(UserError, match=r"dbt-model-risk\[multivariate\]"):
        domain_auc(np.zeros((20, 2)), np.ones((20, 2)))


def test_the_same_sample_gives_the_same_digits_whatever_the_order_of_its_rows():
    samples = long(drawn(1), drawn(2))
    rows = [
        multivariate_metrics(given, BASELINES, as_of_date="2025-06-30", minimum_sample=100)
        for given in (samples, samples.sample(frac=1, random_state=4))
    ]
    pd.testing.assert_frame_equal(*rows, check_exact=True)
