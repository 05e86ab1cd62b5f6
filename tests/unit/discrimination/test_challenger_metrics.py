"""The table of challengers: every metric, and why one is missing."""

import datetime

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from dbt_model_risk.discrimination.challenger_metrics import challenger_metrics
from dbt_model_risk.discrimination.paired_delong import paired_delong
from dbt_model_risk.metric_frame import METRIC_COLUMNS

COHORT = {
    **{"model_id": "m", "model_version": "2", "challenger_version": "1", "segment_key": "all", "segment_value": "all"},
    **{"period_grain": "month", "period_start": datetime.date(2025, 1, 1), "period_end": datetime.date(2025, 1, 31)},
}
METRICS = ["auc_champion_paired", "auc_challenger_paired", "auc_challenger_difference"]
RNG = np.random.default_rng(5)
RISK = RNG.normal(size=400)
OUTCOME = (RISK + RNG.normal(size=400) > 1.2).astype(int)
CHAMPION, CHALLENGER = (np.round(20 * (RISK + RNG.normal(0, noise, 400))).astype(int) for noise in (0.3, 1.5))


def cohort(champion, challenger, outcome, *, resolution=100, **keys):
    """Rows of met_score_pairs of one cohort."""
    rows = pd.DataFrame({"champion_bin": champion, "challenger_bin": challenger, "event_count": outcome})
    rows["nonevent_count"] = 1 - rows["event_count"]
    rows = rows.groupby(["champion_bin", "challenger_bin"], as_index=False).sum()
    rows = rows.astype({"champion_bin": "Int64", "challenger_bin": "Int64"})
    return rows.assign(**COHORT | {"score_resolution": resolution, "cohort_reason": None} | keys)


def measured(*cohorts, minimum_sample=100, minimum_class_count=20):
    rows = pd.concat(cohorts, ignore_index=True).sample(frac=1, random_state=0)
    return challenger_metrics(
        rows, as_of_date="2025-06-30", minimum_sample=minimum_sample, minimum_class_count=minimum_class_count
    )


def test_both_areas_and_their_difference():
    frame = measured(cohort(CHAMPION, CHALLENGER, OUTCOME)).set_index("metric")
    assert list(frame.index) == METRICS and set(frame["variable"]) == {"1"} and set(frame["model_version"]) == {"2"}
    champion, challenger = (roc_auc_score(OUTCOME, score) for score in (CHAMPION, CHALLENGER))
    assert frame.loc[METRICS, "value"].tolist() == pytest.approx([champion, challenger, challenger - champion])
    difference = frame.loc["auc_challenger_difference"]
    test = paired_delong(np.zeros(400, int), CHAMPION, CHALLENGER, OUTCOME, 1 - OUTCOME, count=1)
    assert difference["p_value"] == pytest.approx(test.p_value[0]) and difference["p_value"] < 0.01
    assert difference["ci_low"] < difference["value"] < difference["ci_high"] < 0
    assert difference["error_bound"] == pytest.approx(test.first_error[0] + test.second_error[0])
    assert (difference["sample_size"], difference["event_count"]) == (400, OUTCOME.sum())


def test_scores_with_a_bin_of_their_own_lose_nothing():
    frame = measured(cohort(CHAMPION, CHALLENGER, OUTCOME, resolution=2**50))
    assert (frame["error_bound"] == 0).all()


def test_the_same_score_does_not_differ():
    frame = measured(cohort(CHAMPION, CHAMPION, OUTCOME)).set_index("metric")
    columns = ["value", "p_value", "ci_low", "ci_high"]
    assert frame.loc["auc_challenger_difference", columns].tolist() == [0, 1, 0, 0]


def test_a_difference_without_variance_is_withheld():
    frame = measured(cohort(OUTCOME, 1 - OUTCOME, OUTCOME)).set_index("metric")
    assert frame.loc["auc_champion_paired", "value"] == 1
    row = frame.loc["auc_challenger_difference"]
    assert row["status_reason"] == "zero_variance" and np.isnan(row["value"]) and np.isnan(row["ci_low"])


def test_a_constant_score_is_said_to_be_one():
    frame = measured(cohort(CHAMPION, np.zeros(400, int), OUTCOME)).set_index("metric")
    assert frame["status_reason"].tolist() == [pd.NA, "constant_score", "constant_score"]
    assert frame.loc["auc_challenger_paired", "value"] == 0.5 and np.isnan(frame.loc["auc_challenger_paired", "ci_low"])
    assert frame.loc["auc_challenger_difference", "p_value"] < 0.01


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (cohort(CHAMPION[:99], CHALLENGER[:99], np.arange(99) % 2), "small_sample"),
        (cohort(CHAMPION, CHALLENGER, np.arange(400) < 19), "small_sample"),
        (cohort(CHAMPION, CHALLENGER, np.zeros(400, int)), "single_class"),
        (
            pd.concat(
                [cohort(CHAMPION, CHALLENGER, OUTCOME), cohort(CHAMPION, CHALLENGER, OUTCOME, resolution=1000)],
            ),
            "definition_changed",
        ),
        (
            pd.DataFrame([COHORT | {"event_count": 0, "nonevent_count": 0, "cohort_reason": "immature"}]).assign(
                **dict.fromkeys(["champion_bin", "challenger_bin", "score_resolution"], pd.NA)
            ),
            "immature",
        ),
    ],
    ids=["few cases", "few events", "one class", "other bins", "immature"],
)
def test_a_cohort_that_is_not_compared_says_why(rows, reason):
    frame = measured(rows.astype({"event_count": "int64", "nonevent_count": "int64"}))
    assert frame["metric"].tolist() == METRICS
    assert set(frame["status_reason"]) == {reason}
    assert frame[["value", "p_value", "ci_low", "ci_high", "error_bound"]].isna().all(axis=None)


def test_the_table_has_its_columns_and_one_order():
    rows = pd.concat(
        [cohort(CHAMPION, CHALLENGER, OUTCOME), cohort(CHALLENGER, CHAMPION, OUTCOME, challenger_version="3")],
        ignore_index=True,
    )
    options = {"as_of_date": "2025-06-30", "minimum_sample": 1, "minimum_class_count": 1}
    found = [challenger_metrics(rows.sample(frac=1, random_state=seed), **options) for seed in range(3)]
    assert found[0].dtypes.astype(str).to_dict() == METRIC_COLUMNS
    for table in found[1:]:
        pd.testing.assert_frame_equal(table, found[0])
    empty = challenger_metrics(rows.iloc[:0], **options)
    assert empty.empty and empty.dtypes.astype(str).to_dict() == METRIC_COLUMNS
