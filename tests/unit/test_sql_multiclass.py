"""met_multiclass against scikit-learn; the evidence rows are counts of predicted by observed class."""

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sk

LABELS = ["bond", "equity", "mixed", "cash"]
VERSION = {"model_id": "m", "model_version": "1"}
EVIDENCE = {
    **{name: pa.string() for name in (*VERSION, "segment_key", "segment_value", "predicted_class", "outcome_class")},
    **{"event_date": pa.date32(), "known_date": pa.date32(), "n": pa.int64(), "score_sum": pa.float64()},
}


@pytest.fixture(scope="session")
def measure(evaluate):
    """Runs the model on evidence rows; the answer has one row per metric and variable."""

    def run(rows, **period):
        january = {"period_grain": "month", "period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31)}
        judged = {"problem_type": "multiclass", "outcome_horizon_days": 90}
        periods = pd.DataFrame([VERSION | january | judged | period])
        found = evaluate(
            "met_multiclass",
            {
                "metrics.met_periods": periods.astype({"outcome_horizon_days": "int32"}),
                "evidence.evd_score_outcomes": pa.Table.from_pandas(rows, schema=pa.schema(EVIDENCE)),
            },
        )
        return found.set_index(["metric", found["variable"].fillna("")])

    return run


def evidence(predicted, observed, score=0.5):
    """One evidence row per case."""
    return pd.DataFrame(
        {
            **VERSION | {"segment_key": "all", "segment_value": "all"},
            **{"event_date": date(2025, 1, 15), "known_date": date(2025, 4, 1), "n": 1, "score_sum": score},
            "predicted_class": pd.Series(predicted, dtype="str"),
            "outcome_class": pd.Series(observed, dtype="str"),
        }
    )


def draw(seed, count=300, predictable=LABELS, observable=LABELS):
    rng = np.random.default_rng(seed)
    observed = rng.choice(observable, count)
    right = rng.uniform(size=count) < 0.5
    predicted = np.where(right & np.isin(observed, predictable), observed, rng.choice(predictable, count))
    return predicted, observed, rng.uniform(0.3, 1, count)


@given(seed=st.integers(0, 10_000), predicted_from=st.integers(2, 4), observed_from=st.integers(2, 4))
def test_every_figure_equals_scikit_learn(measure, seed, predicted_from, observed_from):
    """Some classes may never be predicted, others never observed."""
    predicted, observed, score = draw(seed, predictable=LABELS[:predicted_from], observable=LABELS[-observed_from:])
    found = measure(evidence(predicted, observed, score))
    whole = found.xs("", level=1)
    hits = predicted == observed
    expected = {
        "accuracy": hits.mean(),
        "macro_f1": sk.f1_score(observed, predicted, average="macro", zero_division=0),
        "weighted_f1": sk.f1_score(observed, predicted, average="weighted", zero_division=0),
        "cohen_kappa": sk.cohen_kappa_score(observed, predicted),
        "mcc": sk.matthews_corrcoef(observed, predicted),
        "mean_score_matured": score.mean(),
        "observed_expected_ratio": hits.mean() / score.mean(),
    }
    assert whole["value"].to_dict() == pytest.approx(expected, abs=1e-12)
    assert (whole["sample_size"] == len(hits)).all()
    interval = stats.binomtest(int(hits.sum()), len(hits)).proportion_ci(method="wilson")
    assert whole.loc["accuracy", ["ci_low", "ci_high"]].tolist() == pytest.approx(list(interval))
    labels = sorted({*predicted, *observed})
    assert {name for _, name in found.index} == {"", *(f"class:{label}" for label in labels)}
    scores = sk.precision_recall_fscore_support(observed, predicted, labels=labels, zero_division=np.nan)
    for label, precision, recall, f1, support in zip(labels, *scores, strict=True):
        rows = found.xs(f"class:{label}", level=1)
        values = rows.loc[["class_precision", "class_recall", "class_f1"], "value"]
        assert values.tolist() == pytest.approx([precision, recall, f1], abs=1e-12, nan_ok=True)
        assert rows.loc["class_recall", "sample_size"] == support


def test_a_class_never_predicted_and_one_never_observed_say_so(measure):
    found = measure(evidence(["bond"] * 60 + ["cash"] * 40, ["bond"] * 50 + ["equity"] * 50))
    assert found.loc[("class_precision", "class:equity"), "status_reason"] == "class_not_predicted"
    assert found.loc[("class_recall", "class:cash"), "status_reason"] == "class_not_observed"
    assert found.loc[("class_f1", "class:equity"), "value"] == found.loc[("class_f1", "class:cash"), "value"] == 0
    assert found.loc[("class_recall", "class:equity"), "value"] == 0


def test_one_class_leaves_only_the_share_that_is_right(measure):
    found = measure(evidence(["bond"] * 30 + ["cash"] * 10, ["bond"] * 40)).xs("", level=1)
    assert found.loc["accuracy", "value"] == 0.75
    assert set(found.loc[["macro_f1", "weighted_f1", "cohen_kappa", "mcc"], "status_reason"]) == {"single_class"}
    constant = measure(evidence(["bond"] * 40, ["bond"] * 30 + ["cash"] * 10)).xs("", level=1)
    assert constant.loc["mcc", "status_reason"] == "constant_score"
    assert constant.loc["cohen_kappa", "value"] == 0


def test_without_outcomes_the_period_says_why(measure):
    nothing = evidence([], [])
    assert set(measure(nothing)["status_reason"]) == {"no_data"}
    assert set(measure(nothing, outcome_horizon_days=365)["status_reason"]) == {"immature"}


def test_evidence_is_additive(measure):
    """Order, grouping and corrections of evidence rows change no digit."""
    predicted, observed, score = draw(5)
    rows = evidence(predicted, observed, score)
    wrong = evidence(["cash", "new"], ["bond", "new"], [0.123456789, 0.7])
    undone = wrong.assign(known_date=date(2025, 5, 1), n=-1, score_sum=-wrong["score_sum"])
    whole = measure(rows).sort_index()
    corrected = measure(pd.concat([rows, wrong, undone]).sample(frac=1, random_state=3)).sort_index()
    pd.testing.assert_frame_equal(corrected, whole, rtol=0, atol=0)
