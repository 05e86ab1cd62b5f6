"""A segment and everybody else, from the evidence, against numpy and scikit-learn on the same cases."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error, roc_auc_score

VERSION = {"model_id": "m", "model_version": "1"}
LONG_AGO = pd.Timestamp("2020-01-01")
LOG = "wealth_management__churn"
EXACT = 2**50


def drawn(seed, count=600):
    rng = np.random.default_rng(seed)
    score = rng.uniform(0.02, 0.6, count)
    region = rng.choice(["north", "south", "east"], count, p=[0.5, 0.3, 0.2])
    outcome = (rng.uniform(size=count) < np.where(region == "east", 0.3, score)).astype(float)
    day = [date(2025, 1, 1) + timedelta(int(d)) for d in rng.integers(0, 31, count)]
    return pd.DataFrame({"day": day, "score": score, "outcome": outcome, "region": region})


def evidence(cases, key="all"):
    """Rows of evd_score_outcomes of the cases, one per case, by region or of all."""
    return pd.DataFrame(
        {
            **VERSION,
            "log_id": LOG,
            "segment_key": key,
            "segment_value": "all" if key == "all" else cases[key],
            "event_date": cases["day"],
            "known_date": date(2025, 5, 1),
            "score_bin": np.floor(cases["score"] * EXACT).astype("int64"),
            "score_resolution": EXACT,
            "outcome_class": cases["outcome"].astype(int).astype(str),
            "n": 1,
            "score_sum": cases["score"],
            "score_square_sum": cases["score"] ** 2,
            "outcome_sum": cases["outcome"],
            "outcome_square_sum": cases["outcome"] ** 2,
            "score_outcome_sum": cases["score"] * cases["outcome"],
            "absolute_error_sum": (cases["score"] - cases["outcome"]).abs(),
            "log_loss_sum": 0.0,
            "interval_count": 1,
            "covered_count": (cases["score"] > 0.1).astype(int),
        }
    )


@pytest.fixture(scope="session")
def measure(evaluate):
    def run(cases, problem_type="binary"):
        period = {"period_grain": "month", "period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31)}
        rows = VERSION | period | {"problem_type": problem_type, "is_judged_grain": True}
        tables = {
            "metrics.met_periods": pd.DataFrame([rows]).assign(outcome_horizon_days=np.int32(90)),
            "evidence.evd_baselines": [VERSION | {"log_id": LOG}],
            "evidence.evd_score_outcomes": pd.concat([evidence(cases), evidence(cases, "region")]),
            "registers.models": [{"model_id": "m", "score_direction": "higher_is_event", "recorded_at": LONG_AGO}],
        }
        found = evaluate("met_segment_performance", tables)
        return found.set_index(["metric", "segment_value"]).sort_index()

    return run


def test_ranking_and_calibration_of_a_segment_and_the_rest(measure):
    cases = drawn(1)
    found = measure(cases)
    assert set(found.index.get_level_values("metric")) == {"auc", "observed_expected_ratio"}
    for region in ("north", "south", "east"):
        own, rest = cases.loc[cases["region"] == region], cases.loc[cases["region"] != region]
        row = found.loc[("auc", region)]
        assert row["segment_figure"] == pytest.approx(roc_auc_score(own["outcome"], own["score"]))
        assert row["rest_figure"] == pytest.approx(roc_auc_score(rest["outcome"], rest["score"]))
        assert row["whole_figure"] == pytest.approx(roc_auc_score(cases["outcome"], cases["score"]))
        assert (row["sample_size"], row["rest_size"]) == (len(own), len(rest))
        row = found.loc[("observed_expected_ratio", region)]
        assert row["segment_figure"] == pytest.approx(own["outcome"].sum() / own["score"].sum())
        assert row["rest_figure"] == pytest.approx(rest["outcome"].sum() / rest["score"].sum())
        rate = own["outcome"].mean()
        assert row["segment_error"] == pytest.approx(np.sqrt((1 - rate) / own["outcome"].sum()))


def test_errors_of_a_regression(measure):
    cases = drawn(2)
    found = measure(cases, "regression")
    assert set(found.index.get_level_values("metric")) == {"mae", "bias", "interval_coverage"}
    own, rest = cases.loc[cases["region"] == "south"], cases.loc[cases["region"] != "south"]
    row = found.loc[("mae", "south")]
    assert row["segment_figure"] == pytest.approx(mean_absolute_error(own["outcome"], own["score"]))
    assert row["rest_figure"] == pytest.approx(mean_absolute_error(rest["outcome"], rest["score"]))
    errors = (rest["score"] - rest["outcome"]).abs()
    assert row["rest_error"] == pytest.approx(errors.std(ddof=1) / np.sqrt(len(rest)))
    row = found.loc[("bias", "south")]
    assert row["segment_figure"] == pytest.approx((own["score"] - own["outcome"]).mean())
    assert row["segment_error"] == pytest.approx((own["score"] - own["outcome"]).std(ddof=1) / np.sqrt(len(own)))
    assert found.loc[("interval_coverage", "south"), "rest_figure"] == pytest.approx((rest["score"] > 0.1).mean())


def test_a_segment_that_is_everybody_has_no_rest(measure):
    cases = drawn(3).assign(region="north")
    found = measure(cases)
    assert found["status_reason"].notna().all()


@pytest.fixture(scope="session")
def drift(evaluate):
    def run(reference, current):
        """`reference` and `current` are columns of values and regions."""

        def sums(sample, side):
            groups = [("all", "all", sample["value"])]
            groups += [("region", name, values) for name, values in sample.groupby("region")["value"]]
            return pd.DataFrame(
                [
                    {
                        "segment_key": key,
                        "segment_value": name,
                        f"{side}_count": len(values),
                        f"{side}_value_sum": values.sum(),
                        f"{side}_square_sum": (values**2).sum(),
                    }
                    for key, name, values in groups
                ]
            )

        both = sums(reference, "reference").merge(sums(current, "current"))
        window = {"window_key": "w", "window_id": "rolling_30", "is_latest": True, "baseline_to": date(2024, 1, 1)}
        rows = both.assign(
            **VERSION,
            window_key="w",
            period_grain="rolling_30",
            period_start=date(2025, 6, 1),
            period_end=date(2025, 6, 30),
            variable="age",
            variable_kind="numeric",
        )
        moments = rows.assign(bin_id=-9, reference_count=0, current_count=0)
        counts = rows.assign(bin_id=0)
        for column in ("reference_value_sum", "reference_square_sum", "current_value_sum", "current_square_sum"):
            counts[column] = np.nan
        counts = counts.where(counts.notna(), None)
        bins = pd.concat([moments.astype(object), counts.astype(object)])
        tables = {"metrics.met_live_windows": [VERSION | window], "metrics.met_live_bins": bins}
        return evaluate("met_segment_drift", tables).set_index("segment_value")

    return run


def test_shifts_of_a_segment_and_the_rest_are_in_deviations_of_the_whole_baseline(drift):
    rng = np.random.default_rng(5)
    reference = pd.DataFrame({"value": rng.normal(10, 2, 900), "region": rng.choice(["a", "b"], 900)})
    current = pd.DataFrame({"value": rng.normal(10, 2, 500), "region": rng.choice(["a", "b"], 500)})
    current.loc[current["region"] == "b", "value"] += 3
    found = drift(reference, current)
    deviation = reference["value"].std(ddof=0)
    for name, other in (("a", "b"), ("b", "a")):
        before, after = (sample.loc[sample["region"] == name, "value"] for sample in (reference, current))
        shift = (after.mean() - before.mean()) / deviation
        error = np.sqrt(before.var(ddof=0) / len(before) + after.var(ddof=0) / len(after)) / deviation
        assert found.loc[name, "segment_figure"] == pytest.approx(shift)
        assert found.loc[name, "segment_error"] == pytest.approx(error)
        assert found.loc[other, "rest_figure"] == pytest.approx(shift)
        assert found.loc[other, "rest_error"] == pytest.approx(error)
    assert found["status_reason"].isna().all()
