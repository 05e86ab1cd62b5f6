"""The table of estimates: what it holds, and what withholds an estimate."""

import numpy as np
import pandas as pd
import pytest

from dbt_model_risk.estimated_performance.metrics import Assumptions, estimate_metrics

MODELS = pd.DataFrame({"model_id": ["churn", "fund"], "problem_type": ["binary", "regression"]})
BINS = np.arange(100)
WINDOW = {
    "window_key": "w",
    "model_id": "churn",
    "model_version": "1",
    "window_id": "rolling_30",
    "period_start": pd.Timestamp("2025-05-02"),
    "period_end": pd.Timestamp("2025-05-31"),
    "last_date": pd.Timestamp("2025-05-31"),
    "known_until": pd.Timestamp("2025-05-31"),
}
NO_SUMS = {"outcome_count": 0, "event_count": 0, "absolute_error_sum": 0.0, "error_square_sum": 0.0}


def reference(**changes):
    """Five months of 100 cells a day, where cell b comes with the event b times in 200."""
    days = pd.date_range("2024-11-01", "2025-03-31")
    frame = pd.DataFrame({"event_date": np.repeat(days, 100), "score_bin": np.tile(BINS, len(days))})
    known = {
        "model_id": "churn",
        "model_version": "1",
        "baseline_from": days[0],
        "baseline_to": days[-1],
        "reference_known_on": pd.Timestamp("2025-04-30"),
        "binned_by": "score",
        "predicted_class": np.where(frame["score_bin"] > 70, "1", "0"),
        "n": 200,
        "outcome_count": 200,
        "event_count": frame["score_bin"],
        "absolute_error_sum": 200 * (1 + frame["score_bin"]) / 10,
        "error_square_sum": 200 * (1 + frame["score_bin"]) ** 2 / 50,
    }
    return frame.assign(**known | changes)


def counts(scored=20, matured=1.0, bins=BINS):
    alarm = np.where(bins > 70, "1", "0")
    shared = {"window_key": "w", "score_bin": bins, "predicted_class": alarm}
    outcomes = {
        "outcome_count": 200,
        "event_count": matured * bins,
        "absolute_error_sum": matured * 200 * (1 + bins) / 10,
        "error_square_sum": 0.0,
    }
    parts = [
        pd.DataFrame(shared | NO_SUMS | {"part": "scored", "n": scored}),
        pd.DataFrame(shared | outcomes | {"part": "matured", "n": 0}),
    ]
    return pd.concat(parts, ignore_index=True)


def estimates(window=None, counted=None, known=None, **options):
    frame = estimate_metrics(
        pd.DataFrame([WINDOW | (window or {})]),
        counts() if counted is None else counted,
        reference() if known is None else known,
        MODELS,
        assumptions=options.pop("assumptions", Assumptions()),
        **options,
    )
    return frame.set_index("metric")


def test_a_window_like_the_reference_is_estimated_as_well():
    found = estimates()
    estimated = found[found.index.isin([f"estimated_{name}" for name in ("auc", "accuracy", "f1", "event_rate")])]
    assert len(estimated) == 4
    assert estimated["value"].to_numpy() == pytest.approx(estimated["reference_value"].to_numpy())
    assert (estimated["ci_low"] < estimated["value"]).all()
    assert (estimated["value"] < estimated["ci_high"]).all()
    # every chunk of the reference is the same, and the band as narrow as can be
    assert estimated["band_low"].to_numpy() == pytest.approx(estimated["band_high"].to_numpy())
    drop = found.loc["estimated_auc_drop"]
    assert drop["value"] == pytest.approx(0)
    assert drop["ci_low"] < 0 < drop["ci_high"]
    assert found.loc["calibration_gap", ["value", "p_value", "sample_size"]].tolist() == pytest.approx([0, 1, 20000])


def test_a_forecast_is_expected_to_err_as_its_width_did():
    window = {"model_id": "fund"}
    known = reference(model_id="fund", binned_by="interval_width", predicted_class=None)
    found = estimates(window, known=known)
    assert found.loc["estimated_mae", "value"] == pytest.approx((1 + BINS).mean() / 10)
    assert found.loc["estimated_mae_rise", "value"] == pytest.approx(0)
    wide = estimates(window, counts(bins=BINS[50:]), known)
    assert wide.loc["estimated_mae", "value"] == pytest.approx((1 + BINS[50:]).mean() / 10)
    assert wide.loc["estimated_mae_rise", "value"] > 0.4
    assert wide.loc["estimated_mae", "convention_id"] == "dle_isotonic_by_interval_width_95"
    by_score = estimates(window, known=known.assign(binned_by="score"))
    assert by_score.loc["estimated_mae", "convention_id"] == "dle_steps_by_score_95"
    assert by_score.loc["estimated_mae", "value"] == pytest.approx((1 + BINS).mean() / 10)


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("no_baseline", {"known": reference().iloc[:0]}),
        ("immature", {"window": {"known_until": pd.Timestamp("2025-04-29")}}),
        ("immature", {"known": reference(outcome_count=100)}),
        ("small_sample", {"counted": counts(scored=1).iloc[1:]}),
        ("calibration_failed", {"counted": counts(matured=1.2)}),
        ("unseen_region", {"counted": counts(bins=BINS + 6)}),
        ("unseen_region", {"counted": counts(bins=np.where(BINS < 6, np.nan, BINS))}),
    ],
)
def test_an_assumption_that_does_not_hold_withholds_every_estimate(reason, changes):
    if reason == "unseen_region":
        # what came due would be unseen as well
        changes["counted"] = changes["counted"].assign(outcome_count=0)
    found = estimates(**changes).drop(index="calibration_gap")
    assert len(found) == 7
    assert (found["status_reason"] == reason).all()
    assert found[["value", "ci_low", "ci_high"]].isna().all(axis=None)


def test_the_limits_themselves_are_within_them():
    at_the_limit = {
        "window": {"known_until": pd.Timestamp("2025-04-30")},
        "counted": counts(scored=1, bins=BINS + 5).assign(outcome_count=0),
    }
    found = estimates(**at_the_limit)
    assert found.loc["estimated_accuracy", "status_reason"] is pd.NA
    assert found.loc["calibration_gap", "status_reason"] == "immature"


def test_neither_a_small_gap_nor_chance_withholds_an_estimate():
    assert estimates(counted=counts(matured=1.09)).loc["calibration_gap", "p_value"] < 0.01
    assert estimates(counted=counts(matured=1.09)).loc["estimated_auc", "status_reason"] is pd.NA
    few = counts(matured=1.2)
    few[["outcome_count", "event_count"]] = few[["outcome_count", "event_count"]] / 100
    assert estimates(counted=few).loc["calibration_gap", "value"] == pytest.approx(0.2)
    assert estimates(counted=few).loc["estimated_auc", "status_reason"] is pd.NA


def test_days_that_share_a_shock_widen_the_interval():
    shaken = reference()
    step = np.where(shaken["event_date"].dt.day % 2 == 0, 1.2, 0.8)
    found, calm = estimates(known=shaken.assign(event_count=shaken["event_count"] * step)), estimates()
    half_width = [frame.loc["estimated_accuracy", "ci_high"] - frame.loc["estimated_accuracy", "value"]
                  for frame in (found, calm)]  # fmt: skip
    assert half_width[0] > 2 * half_width[1]


def test_few_expected_events_withhold_what_rests_on_them():
    found = estimates(assumptions=Assumptions(minimum_class_count=500))
    withheld = found[found["status_reason"].eq("small_sample").fillna(False)].index
    assert sorted(withheld) == [
        "estimated_auc",
        "estimated_auc_drop",
        "estimated_f1",
        "estimated_precision",
        "estimated_recall",
    ]


def test_a_model_without_classes_has_no_figures_of_them():
    found = estimates(counted=counts().assign(predicted_class=None), known=reference(predicted_class=None))
    assert found.loc["estimated_accuracy", "status_reason"] == "no_data"
    assert found.loc["estimated_auc", "value"] > 0.5


def test_no_order_of_rows_matters():
    rng = np.random.default_rng(2)
    shuffled = [frame.iloc[rng.permutation(len(frame))] for frame in (counts(matured=1.1), reference())]
    found = estimates(counted=shuffled[0], known=shuffled[1])
    pd.testing.assert_frame_equal(estimates(counted=counts(matured=1.1)), found, check_exact=True)


def test_a_window_alone_is_estimated_as_among_others():
    """What an incremental run relies on: a row depends on its own window's counts and the baseline."""
    keys = ["a", "b", "c"]
    windows = pd.DataFrame([WINDOW | {"window_key": key} for key in keys])
    counted = pd.concat(
        [counts(scored=20 + 5 * step, matured=1 + 0.1 * step).assign(window_key=key) for step, key in enumerate(keys)]
    )
    together = estimate_metrics(windows, counted, reference(), MODELS, assumptions=Assumptions())
    for key in keys:
        alone = estimate_metrics(
            windows[windows["window_key"] == key], counted, reference(), MODELS, assumptions=Assumptions()
        )
        expected = together[together["window_key"] == key].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, expected)


def test_no_window_gives_no_row():
    found = estimate_metrics(
        pd.DataFrame([WINDOW]).iloc[:0], counts().iloc[:0], reference(), MODELS, assumptions=Assumptions()
    )
    assert found.empty
    assert {"value", "window_key", "known_until", "band_low"} <= set(found.columns)
