"""The table of grade metrics: every metric of a grade and of a portfolio, and why one is missing."""

import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dbt_model_risk.grades.metrics import grade_metrics
from dbt_model_risk.metric_frame import METRIC_COLUMNS

COHORT = {
    **{"model_id": "m", "model_version": "1", "segment_key": "all", "segment_value": "all"},
    **{"period_grain": "month", "period_start": datetime.date(2025, 1, 1), "period_end": datetime.date(2025, 1, 31)},
}
OF_GRADES = [
    *["grade_share", "grade_observed_rate", "grade_expected_rate", "jeffreys_p", "jeffreys_overestimation_p"],
    *["binomial_p", "binomial_z", "traffic_light", "binomial_correlated_p", "traffic_light_correlated"],
]
OF_PORTFOLIOS = [
    *["jeffreys_p", "jeffreys_overestimation_p", "binomial_p", "traffic_light", "hosmer_lemeshow_grades"],
    *["herfindahl", "concentration_cv", "concentration_index", "herfindahl_exposure", "largest_grade_share"],
    *["rank_inversions", "somers_d_grades"],
]
MELIORA = {
    "A": (406, 55, 0.10342906086898274),
    "B": (480, 41, 0.09952395992070003),
    "C": (114, 10, 0.09571932442140327),
}
COUNTS = ["sample_size", "event_count", "split_count"]


def cohort(grades, *, correlation=0.04, grade_pd=None, outside=0, split=0, is_probability=True, **keys):
    """Rows of met_grade_counts from grade: (cases, events, mean score)."""
    rows = [
        {
            **{"grade": grade, "grade_rank": rank, "sample_size": n, "event_count": d, "score_sum": n * score},
            **{"exposure_sum": 100.0 * n, "split_count": split, "grade_pd": grade_pd},
        }
        for rank, (grade, (n, d, score)) in enumerate(grades.items())
    ]
    portfolio = {key: sum(row[key] for row in rows) for key in ("sample_size", "event_count", "score_sum")}
    portfolio["sample_size"] += outside
    frame = pd.DataFrame([{**portfolio, "exposure_sum": 100.0 * portfolio["sample_size"]}, *rows])
    frame = frame.reindex(
        columns=[*frame.columns.union(["grade", "grade_rank", "grade_pd", "split_count"], sort=False)]
    )
    frame = frame.astype(dict.fromkeys(COUNTS, "Int64") | {"grade_pd": "float64"})
    constants = {"asset_correlation": correlation, "is_probability": is_probability, "cohort_reason": None}
    return frame.assign(**COHORT | constants | keys)


def measured(*cohorts, minimum_sample=100):
    rows = pd.concat(cohorts, ignore_index=True).sample(frac=1, random_state=0)
    return grade_metrics(rows, as_of_date="2025-06-30", minimum_sample=minimum_sample)


def one(frame, metric, variable=None):
    is_variable = frame["variable"].isna() if variable is None else frame["variable"] == variable
    rows = frame[(frame["metric"] == metric) & is_variable]
    assert len(rows) == 1
    return rows.iloc[0]


def test_every_metric_of_the_grades_of_meliora(reference_case):
    """Values of github vanga/meliora and R, read in the case; the light from the cumulative probability 0.9834."""
    case = reference_case("grade_calibration_meliora")["expected"]
    frame = measured(cohort(MELIORA))
    assert frame[frame["variable"].isna()]["metric"].tolist() == OF_PORTFOLIOS
    assert frame[frame["variable"] == "B"]["metric"].tolist() == OF_GRADES
    for grade in MELIORA:
        for metric, key in [
            ("jeffreys_p", "jeffreys_p"),
            ("binomial_p", "binomial_p_upper"),
            ("binomial_z", "z_upper"),
        ]:
            assert one(frame, metric, grade)["value"] == pytest.approx(case[grade][key], abs=1e-9)
    lights = [one(frame, "traffic_light", grade)["value"] for grade in MELIORA]
    assert lights == [1, 0, 0]
    assert [one(frame, "traffic_light_correlated", grade)["value"] for grade in MELIORA] == [0, 0, 0]
    hosmer = one(frame, "hosmer_lemeshow_grades")
    assert hosmer["value"] == pytest.approx(case["portfolio"]["hosmer_lemeshow"], abs=1e-9)
    assert hosmer["p_value"] == pytest.approx(case["portfolio"]["hl_p_df_k"], abs=1e-9)
    assert one(frame, "jeffreys_p")["value"] == pytest.approx(case["portfolio"]["jeffreys_p"], abs=1e-9)
    assert one(frame, "herfindahl")["value"] == pytest.approx(case["concentration"]["hhi"], abs=1e-9)
    assert one(frame, "herfindahl_exposure")["value"] == pytest.approx(case["concentration"]["hhi"], abs=1e-9)
    assert one(frame, "concentration_cv")["value"] == pytest.approx(case["concentration"]["cv"], abs=1e-9)
    assert one(frame, "concentration_index")["value"] == pytest.approx(case["concentration"]["ecb_hi"], abs=1e-9)


def test_rates_come_with_their_interval_and_p_values_stand_in_both_columns():
    frame = measured(cohort(MELIORA))
    share = one(frame, "grade_share", "A")
    wilson = stats.binomtest(406, 1000).proportion_ci(method="wilson")
    assert share[["value", "ci_low", "ci_high"]].tolist() == pytest.approx([0.406, *wilson])
    assert (share["sample_size"], share["event_count"], share["error_bound"]) == (1000, 406, 0)
    rate = one(frame, "grade_observed_rate", "A")
    wilson = stats.binomtest(55, 406).proportion_ci(method="wilson")
    assert rate[["value", "ci_low", "ci_high"]].tolist() == pytest.approx([55 / 406, *wilson])
    tests = frame[frame["metric"].str.endswith("_p")]
    assert (tests["p_value"] == tests["value"]).all() and tests["value"].between(0, 1).all()
    largest = one(frame, "largest_grade_share")
    assert (largest["value"], largest["event_count"]) == (0.48, 480)


def test_a_declared_probability_comes_before_the_mean_score():
    frame = measured(cohort(MELIORA, grade_pd=0.05, is_probability=False))
    assert one(frame, "grade_expected_rate", "A")["value"] == 0.05
    assert one(frame, "jeffreys_p", "A")["value"] == pytest.approx(stats.beta.cdf(0.05, 55.5, 351.5))
    assert one(frame, "jeffreys_p")["value"] == pytest.approx(stats.beta.cdf(0.05, 106.5, 894.5))


def test_a_score_that_is_no_probability_promises_nothing():
    frame = measured(cohort(MELIORA, is_probability=False))
    promised = ["jeffreys_p", "binomial_p", "traffic_light"]
    for variable in (None, "A"):
        assert [one(frame, metric, variable)["status_reason"] for metric in promised] == ["score_not_probability"] * 3
    assert one(frame, "grade_observed_rate", "A")["value"] > 0
    assert one(frame, "somers_d_grades")["status_reason"] is pd.NA


def test_an_empty_grade_is_counted_and_not_judged():
    frame = measured(cohort(MELIORA | {"D": (0, 0, 0)}))
    empty = frame[frame["variable"] == "D"]
    assert one(frame, "grade_share", "D")["value"] == 0
    assert set(empty.loc[empty["metric"] != "grade_share", "status_reason"]) == {"no_data"}
    assert one(frame, "herfindahl")["value"] == pytest.approx(0.408232)
    assert one(frame, "concentration_cv")["value"] == pytest.approx(np.sqrt(4 * 0.408232 - 1))


def test_without_a_scale_only_the_portfolio_is_tested():
    frame = measured(cohort(MELIORA).query("grade.isna()"))
    assert one(frame, "jeffreys_p")["value"] > 0
    assert set(frame.loc[frame["status_reason"].notna(), "metric"]) == set(OF_PORTFOLIOS[4:])
    assert set(frame["status_reason"].dropna()) == {"not_declared"}


def test_a_case_outside_the_scale_withholds_what_is_said_about_all_grades():
    frame = measured(cohort(MELIORA, outside=1))
    withheld = frame[frame["status_reason"] == "out_of_range"]
    assert set(withheld["metric"]) == set(OF_PORTFOLIOS[4:])
    assert one(frame, "jeffreys_p", "A")["value"] == pytest.approx(0.019958569823987995)


def test_a_cohort_one_case_too_small_is_not_judged_as_a_whole():
    assert one(measured(cohort({"A": (100, 9, 0.1)})), "jeffreys_p")["value"] > 0
    frame = measured(cohort({"A": (99, 9, 0.1)}))
    assert set(frame[frame["variable"].isna()]["status_reason"]) == {"small_sample"}
    assert one(frame, "jeffreys_p", "A")["value"] > 0


def test_an_immature_cohort_says_so():
    empty = cohort({"A": (0, 0, 0.1)}, cohort_reason="immature", is_probability=None).query("grade.isna()")
    frame = measured(empty.assign(event_count=pd.array([pd.NA], dtype="Int64")))
    assert frame["value"].isna().all() and set(frame["status_reason"]) == {"immature"}


def test_without_a_declared_correlation_only_independent_cases_are_tested():
    frame = measured(cohort(MELIORA, correlation=None))
    rows = frame[frame["metric"].str.contains("correlated")]
    assert set(rows["status_reason"]) == {"not_declared"} and len(rows) == 6
    frame = measured(cohort(MELIORA, correlation=1.0))
    assert set(frame[frame["metric"].str.contains("correlated")]["status_reason"]) == {"out_of_range"}


def test_what_has_one_class_or_one_case_per_grade_says_why():
    frame = measured(cohort({"A": (200, 0, 0.01), "B": (1, 0, 0.5)}))
    assert one(frame, "somers_d_grades")["status_reason"] == "single_class"
    assert one(frame, "hosmer_lemeshow_grades")["status_reason"] == "small_sample"
    assert one(frame, "rank_inversions")["status_reason"] == "small_sample"
    assert one(frame, "binomial_z", "A")["status_reason"] == "small_sample"
    assert one(frame, "jeffreys_p", "B")["value"] > 0


def test_concentration_is_tested_against_the_first_judged_cohort():
    later = {
        "period_start": datetime.date(2025, 2, 1),
        "period_end": datetime.date(2025, 2, 28),
    }
    too_small = {"period_start": datetime.date(2024, 12, 1), "period_end": datetime.date(2024, 12, 31)}
    uneven = {"A": (800, 80, 0.1), "B": (100, 10, 0.1), "C": (100, 10, 0.1)}
    other = cohort(uneven, segment_key="area", segment_value="north")
    frame = measured(cohort({"A": (9, 0, 0.1)}, **too_small), cohort(MELIORA), cohort(uneven, **later), other)
    tested = frame[frame["metric"] == "concentration_cv"].set_index(["segment_value", "period_start"])
    assert tested["status_reason"].tolist() == ["small_sample", "no_baseline", pd.NA, "no_baseline"]
    now, before = (np.sqrt(3 * h - 1) for h in (0.66, 0.408232))
    statistic = np.sqrt(2) * (now - before) / np.sqrt(now**2 * (0.5 + now**2))
    assert tested["p_value"].iloc[2] == pytest.approx(stats.norm.sf(statistic))
    assert tested["p_value"].drop(tested.index[2]).isna().all()


def test_split_bins_bound_the_error_of_shares_and_rates():
    frame = measured(cohort(MELIORA, split=14))
    assert one(frame, "grade_share", "C")["error_bound"] == pytest.approx(0.014)
    assert one(frame, "grade_observed_rate", "C")["error_bound"] == pytest.approx(14 / 100)
    assert one(measured(cohort(MELIORA, split=114)), "grade_observed_rate", "C")["error_bound"] == 1


def test_the_table_has_its_columns_and_one_order():
    rows = pd.concat([cohort(MELIORA), cohort(MELIORA, model_version="2")], ignore_index=True)
    tables = [
        grade_metrics(rows.sample(frac=1, random_state=seed), as_of_date="2025-06-30", minimum_sample=1)
        for seed in range(3)
    ]
    assert tables[0].dtypes.astype(str).to_dict() == METRIC_COLUMNS
    assert (tables[0]["known_date"] == pd.Timestamp("2025-06-30")).all()
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])


def test_no_rows_keep_their_types():
    frame = grade_metrics(pd.DataFrame(columns=["grade"]), as_of_date="2025-06-30", minimum_sample=1)
    assert frame.empty and frame.dtypes.astype(str).to_dict() == METRIC_COLUMNS
