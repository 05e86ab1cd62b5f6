"""Confidence-based estimates against NannyML's car-loan example, scikit-learn, and outcomes drawn at random."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score, roc_auc_score

from dbt_model_risk.estimated_performance.calibrator import fit_isotonic
from dbt_model_risk.estimated_performance.classification import classification_estimates

NAMES = {"roc_auc": "auc"}
windows = st.lists(
    st.tuples(st.integers(0, 20), st.booleans(), st.floats(0.05, 0.95), st.integers(1, 9)), min_size=3, max_size=30
)


def columns(window):
    score, predicted, probability, n = zip(*window, strict=True)
    return np.array(score, float), np.array(predicted), np.array(probability), np.array(n, float)


def values(figures):
    return {metric: figure["value"] for metric, figure in figures.items()}


@pytest.fixture(scope="module")
def car_loans(shared):
    folder = shared / "reference_cases"
    case = json.loads((folder / "cbpe_carloan_0_1.json").read_text())
    counts = {name: pd.read_csv(folder / path) for name, path in case["inputs"]["chunks"].items()}
    reference = pd.read_csv(folder / case["inputs"]["reference"])
    curve = fit_isotonic(reference["y_pred_proba"], reference["n"] * reference["repaid"], reference["n"])
    return case["expected"], counts, curve


@pytest.mark.parametrize("chunk", ["chunk_0", "chunk_1"])
@pytest.mark.parametrize("kind", ["cbpe_calibrated", "uncalibrated_for_contrast", "realized"])
def test_nannymls_car_loans(car_loans, chunk, kind):
    """Values printed in NannyML's documentation, from the count tables alone; without calibration they differ."""
    expected, counts, curve = car_loans
    table = counts[chunk]
    score = table["y_pred_proba"].to_numpy()
    probability = {
        "cbpe_calibrated": curve(score),
        "uncalibrated_for_contrast": score,
        "realized": table["repaid"].to_numpy(float),
    }
    found = classification_estimates(score, table["y_pred"] == 1, probability[kind], table["n"])
    compared = {metric: value for metric, value in expected[chunk][kind].items() if NAMES.get(metric, metric) in found}
    assert len(compared) == (3 if kind == "realized" else 6)
    for metric, value in compared.items():
        assert found[NAMES.get(metric, metric)]["value"] == pytest.approx(value, abs=1e-9)


def test_known_outcomes_give_the_realised_figures():
    """scikit-learn on rows is the oracle; the share of events takes the place of the probability."""
    rng = np.random.default_rng(5)
    score = rng.integers(0, 30, 400) / 30
    labels = (rng.uniform(size=400) < score).astype(int)
    predicted = score > 0.6
    found = values(classification_estimates(score, predicted, labels, np.ones(400)))
    assert found["auc"] == pytest.approx(roc_auc_score(labels, score), abs=1e-12)
    for metric, oracle in {
        "accuracy": accuracy_score,
        "f1": f1_score,
        "precision": precision_score,
        "recall": recall_score,
    }.items():
        assert found[metric] == pytest.approx(oracle(labels, predicted), abs=1e-12)


@given(windows, st.randoms(use_true_random=False))
def test_no_order_and_no_split_of_rows_matters(window, random):
    score, predicted, probability, n = columns(window)
    order = random.sample(range(len(window)), len(window))
    split = [np.concatenate([part[order], part[order]]) for part in (score, predicted, probability, n / 2)]
    whole, halves = (classification_estimates(*parts) for parts in ((score, predicted, probability, n), split))
    for metric, figure in whole.items():
        for name, value in figure.items():
            assert halves[metric][name] == pytest.approx(value, abs=1e-9, nan_ok=True)


@given(windows)
def test_the_slopes_are_those_of_one_more_event(window):
    """The delta method by finite differences: a little more probability in one cell."""
    score, predicted, probability, n = columns(window)
    figures, step = classification_estimates(score, predicted, probability, n), 1e-6
    variances = dict.fromkeys(figures, 0.0)
    for cell in range(len(window)):
        moved = probability + step / n * (np.arange(len(window)) == cell)
        slopes = values(classification_estimates(score, predicted, moved, n))
        for metric, figure in figures.items():
            slope = (slopes[metric] - figure["value"]) / step
            variances[metric] += n[cell] * probability[cell] * (1 - probability[cell]) * slope**2
    for metric, figure in figures.items():
        assert figure["standard_error"] == pytest.approx(np.sqrt(variances[metric]), rel=1e-3, abs=1e-7, nan_ok=True)


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_outcomes_drawn_from_the_probabilities_fall_into_the_interval(seed):
    """95 % of the time: at least 90 % of 400 windows, whose chance is beyond one in a million otherwise."""
    rng = np.random.default_rng(seed)
    score = rng.beta(1, 4, 300)
    predicted = score > 0.3
    estimated = classification_estimates(score, predicted, score, np.ones(300))
    held = dict.fromkeys(estimated, 0)
    for _ in range(400):
        labels = (rng.uniform(size=300) < score).astype(float)
        realised = values(classification_estimates(score, predicted, labels, np.ones(300)))
        for metric, figure in estimated.items():
            held[metric] += figure["ci_low"] <= realised[metric] <= figure["ci_high"]
    assert min(held.values()) >= 360, held


def test_a_sampled_calibrator_widens_the_interval():
    window = (np.array([0.2, 0.8]), None, np.array([0.2, 0.8]), np.array([50.0, 50.0]))
    exact, sampled = classification_estimates(*window), classification_estimates(*window, inflation=2.0)
    assert set(exact) == {"auc", "event_rate"}
    for metric, figure in exact.items():
        assert sampled[metric]["value"] == figure["value"]
        assert sampled[metric]["standard_error"] == pytest.approx(np.sqrt(2) * figure["standard_error"])


def test_one_class_has_no_area():
    found = values(classification_estimates(np.array([1.0, 2.0]), np.array([False, False]), np.zeros(2), np.ones(2)))
    assert np.isnan([found["auc"], found["recall"], found["precision"]]).all()
    assert (found["accuracy"], found["event_rate"], found["specificity"]) == (1.0, 0.0, 1.0)
