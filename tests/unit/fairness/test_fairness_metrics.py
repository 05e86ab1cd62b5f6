"""The table of fairness metrics, against Fairlearn's published numbers, UGESP's and scipy."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.fairness.metrics import CONVENTIONS, fairness_metrics
from dbt_model_risk.metric_frame import METRIC_COLUMNS

VERSION = {"model_id": "m", "model_version": "1", "segment_key": "area", "period_grain": "month"}
MONTH = {"period_start": pd.Timestamp("2025-01-01"), "period_end": pd.Timestamp("2025-01-31")}
COUNTS = ["prediction_count", "decided_count", "favourable_count", "final_favourable_count", "override_count"]
ERRORS = ["true_positive_count", "false_negative_count", "false_positive_count", "true_negative_count"]
ACROSS = list(CONVENTIONS)[5:]


def group(name, cases, favourable, *, errors=(0, 0, 0, 0), final=None, overrides=0, reason="immature", **keys):
    """One row of met_fairness_counts; every score is 0.2 or 0.4, by halves."""
    final = favourable if final is None else final
    return {
        **VERSION | MONTH | {"segment_value": name} | dict(zip(ERRORS, errors, strict=True)),
        **dict(zip(COUNTS, (cases, cases, favourable, final, overrides), strict=True)),
        **{"score_sum": cases * 0.3, "score_square_sum": cases * 0.1, "classified_count": sum(errors)},
        **{"outcome_reason": None if sum(errors) else reason, **keys},
    }


def measured(rows, *, minimum_size=1, minimum_share=0.0):
    frame = fairness_metrics(
        pd.DataFrame(rows), as_of_date="2025-06-30", minimum_size=minimum_size, minimum_share=minimum_share
    )
    assert list(frame.columns) == list(METRIC_COLUMNS)
    keys = [*frame.columns[:7], "variable", "metric"]
    assert not frame.duplicated(keys).any()
    assert (frame["value"].notna() | frame["status_reason"].notna()).all()
    return frame


def of_groups(frame, metric, column="value", variable="decision"):
    is_variable = frame["variable"].isna() if variable is None else frame["variable"] == variable
    rows = frame[(frame["metric"] == metric) & (frame["segment_key"] != "all") & is_variable]
    return rows.set_index("segment_value")[column].to_dict()


def across(frame, metric, variable="area"):
    (row,) = frame[(frame["metric"] == metric) & (frame["variable"] == variable)].to_dict("records")
    assert (row["segment_key"], row["segment_value"]) == ("all", "all")
    return row


def from_cases(cases, favourable_class=1):
    """Rows of counts from one row per case with columns group, outcome and predicted."""
    rows = []
    for name, part in cases.groupby("group"):
        table = pd.crosstab(part["outcome"], part["predicted"]).reindex(index=[0, 1], columns=[0, 1], fill_value=0)
        errors = (table.loc[1, 1], table.loc[1, 0], table.loc[0, 1], table.loc[0, 0])
        rows.append(group(name, len(part), (part["predicted"] == favourable_class).sum(), errors=errors))
    return rows


def test_fairlearns_published_numbers(reference_case):
    """Fairlearn user guide, common fairness metrics; fairlearn 0.15.0."""
    case = reference_case("fairness_fairlearn_ugesp")
    inputs, expected = case["inputs"], case["expected"]["fairlearn"]
    cases = pd.DataFrame({"group": inputs["sensitive"], "outcome": inputs["y_true"], "predicted": inputs["y_pred"]})
    found = measured(from_cases(cases))
    for name, published in expected["by_group"].items():
        for metric, key, variable in [
            ("selection_rate", "sel", "decision"),
            ("true_positive_rate", "tpr", None),
            ("false_positive_rate", "fpr", None),
        ]:
            assert of_groups(found, metric, variable=variable)[name] == pytest.approx(published[key], abs=1e-6)
        assert of_groups(found, "selection_rate", "sample_size")[name] == published["n"]
    for metric, key in [
        ("statistical_parity_difference", "dp_difference"),
        ("demographic_parity_ratio", "dp_ratio"),
        ("adverse_impact_ratio_least", "dp_ratio"),
        ("equal_opportunity_difference", "eopp_difference"),
        ("equalized_odds_difference", "eo_difference"),
    ]:
        assert across(found, metric)["value"] == pytest.approx(expected[key], abs=1e-6)


def test_ugesp_flags_below_four_fifths_and_not_at_it(reference_case):
    """UGESP questions and answers (1979): 60, 45, 48 and 51 % give 75, 80 and 85 %; only the first is adverse."""
    case = reference_case("fairness_fairlearn_ugesp")
    rows = [group(name, row["total"], row["selected"]) for name, row in case["inputs"]["ugesp"].items()]
    found = measured(rows)
    ratios = of_groups(found, "adverse_impact_ratio")
    expected = case["expected"]["ugesp"]
    assert ratios == pytest.approx(expected["air"], abs=1e-6)
    assert {name: ratio < 0.8 for name, ratio in ratios.items()} == expected["flag_below_0_8"]
    least = across(found, "adverse_impact_ratio_least")
    assert least["value"] == 0.75
    assert least["p_value"] == pytest.approx(stats.fisher_exact([[45, 55], [60, 40]]).pvalue, rel=1e-9)
    assert of_groups(found, "adverse_impact_ratio", "p_value")["black"] == pytest.approx(
        stats.fisher_exact([[51, 49], [60, 40]]).pvalue, rel=1e-9
    )
    assert pd.isna(of_groups(found, "adverse_impact_ratio", "p_value")["white"])


def test_small_groups_are_listed_and_not_compared():
    rows = [group("a", 1000, 900), group("b", 1000, 800), group("few", 29, 1), group("rare", 40, 2)]
    found = measured(rows, minimum_size=30, minimum_share=0.02)
    reasons = of_groups(found, "adverse_impact_ratio", "status_reason")
    assert [name for name, reason in reasons.items() if reason == "small_sample"] == ["few", "rare"]
    assert of_groups(found, "adverse_impact_ratio", "sample_size")["few"] == 29
    assert across(found, "adverse_impact_ratio_least")["value"] == pytest.approx(8 / 9)
    assert across(found, "adverse_impact_ratio_least")["sample_size"] == 2000
    # its rate is given with its interval, and qualified
    assert of_groups(found, "selection_rate")["few"] == pytest.approx(1 / 29)
    assert of_groups(found, "selection_rate", "status_reason")["few"] == "small_sample"


@pytest.mark.parametrize("column, low", [("minimum_size", 100), ("minimum_share", 0.1)])
def test_a_group_at_the_minimum_is_compared(column, low):
    rows = [group("a", 900, 450), group("b", 100, 40)]
    assert across(measured(rows, **{column: low}), "demographic_parity_ratio")["value"] == 0.8
    row = across(measured(rows, **{column: low * 1.01}), "demographic_parity_ratio")
    assert pd.isna(row["value"]) and row["status_reason"] == "small_sample"


def test_who_is_not_known_is_no_group():
    rows = [group("a", 100, 90), group("b", 100, 80), group("(missing)", 100, 10)]
    found = measured(rows)
    assert across(found, "adverse_impact_ratio_least")["value"] == pytest.approx(8 / 9)
    assert of_groups(found, "adverse_impact_ratio", "status_reason")["(missing)"] == "not_declared"
    assert of_groups(found, "selection_rate")["(missing)"] == 0.1
    alone = measured(rows[2:])
    assert across(alone, "demographic_parity_ratio")["status_reason"] == "not_declared"


def test_without_a_favourable_decision_there_is_no_selection_and_errors_are_still_known():
    undeclared = {"decided_count": 0, "favourable_count": 0, "final_favourable_count": 0}
    rows = [group("a", 100, 0, errors=(6, 4, 9, 81), **undeclared)]
    rows += [group("b", 100, 0, errors=(8, 2, 18, 72), **undeclared)]
    found = measured(rows)
    selection = found[found["metric"].isin(["selection_rate", "adverse_impact_ratio", *ACROSS[:3]])]
    assert (selection["status_reason"] == "not_declared").all() and selection["value"].isna().all()
    assert of_groups(found, "standardised_mean_difference", "status_reason", None)["a"] == "not_declared"
    assert across(found, "equal_opportunity_difference")["value"] == pytest.approx(0.2)
    assert across(found, "equalized_odds_difference")["value"] == pytest.approx(0.2)


def test_a_group_without_events_is_listed_and_leaves_the_others_compared():
    rows = [group("a", 100, 50, errors=(6, 4, 9, 81)), group("b", 100, 50, errors=(0, 0, 30, 70))]
    found = measured(rows)
    assert of_groups(found, "true_positive_rate", "status_reason", None)["b"] == "single_class"
    assert across(found, "equal_opportunity_difference")["status_reason"] == "single_class"
    # the larger of two differences is not known where one is not
    assert across(found, "equalized_odds_difference")["status_reason"] == "single_class"
    rows.append(group("c", 100, 50, errors=(9, 1, 9, 81)))
    found = measured(rows)
    assert across(found, "equal_opportunity_difference")["value"] == pytest.approx(0.3)
    assert across(found, "equal_opportunity_difference")["sample_size"] == 20


@pytest.mark.parametrize("reason", ["immature", "no_data"])
def test_without_outcomes_selection_is_known_and_errors_say_why_not(reason):
    found = measured([group("a", 100, 90, reason=reason), group("b", 100, 80, reason=reason)])
    assert across(found, "statistical_parity_difference")["value"] == pytest.approx(0.1)
    for metric in ACROSS[3:]:
        assert across(found, metric)["status_reason"] == reason
    assert set(of_groups(found, "true_positive_rate", "status_reason", None).values()) == {reason}


@pytest.mark.parametrize(
    "rows, reason",
    [
        ([group("a", 100, 90)], "single_class"),
        ([group("a", 100, 0), group("b", 50, 0)], "single_class"),
        ([group("a", 1, 1), group("b", 1, 0)], None),
    ],
)
def test_one_group_nobody_favoured_or_one_case_each(rows, reason):
    row = across(measured(rows), "adverse_impact_ratio_least")
    assert (row["status_reason"] if reason else row["value"]) == (reason or 0)


def test_scores_all_alike_have_no_difference():
    flat = {"score_sum": 10.0, "score_square_sum": 1.0}
    found = measured([group("a", 100, 90, **flat), group("b", 100, 80, **flat)])
    assert set(of_groups(found, "standardised_mean_difference", "status_reason", None).values()) == {"zero_variance"}


def test_final_decisions_count_only_where_somebody_overrode():
    january = [group("a", 100, 90, final=95, overrides=5), group("b", 100, 80, final=80)]
    february = {"period_start": pd.Timestamp("2025-02-01"), "period_end": pd.Timestamp("2025-02-28")}
    found = measured([*january, group("a", 100, 90, **february), group("b", 100, 80, **february)])
    final = found[found["variable"].isin(["final_decision", "area|final_decision"])]
    assert set(final["period_start"]) == {MONTH["period_start"]}
    assert of_groups(final, "selection_rate", variable="final_decision") == {"a": 0.95, "b": 0.8}
    ratio = across(final, "adverse_impact_ratio_least", "area|final_decision")["value"]
    assert ratio == pytest.approx(80 / 95)
    assert set(final["metric"]) == {"selection_rate", "adverse_impact_ratio", *ACROSS[:3]}


def test_a_log_without_groups_says_so_once_per_cohort():
    row = group("all", 0, 0, segment_key="all") | dict.fromkeys([*COUNTS, *ERRORS, "score_sum", "score_square_sum"])
    (found,) = measured([row]).to_dict("records")
    assert (found["metric"], found["status_reason"]) == ("adverse_impact_ratio_least", "not_declared")
    # the indicator reads variables that are no outputs; null would be none
    assert found["variable"] == "group"
    mixed = measured([row | {"model_id": "other"}, group("a", 10, 5), group("b", 10, 4)])
    assert set(mixed["model_id"]) == {"m", "other"}


def test_no_counts_no_rows():
    empty = pd.DataFrame([group("a", 1, 1)]).iloc[:0]
    found = fairness_metrics(empty, as_of_date="2025-06-30", minimum_size=30, minimum_share=0.02)
    assert found.empty and list(found.columns) == list(METRIC_COLUMNS)


cells = st.lists(st.tuples(*[st.integers(0, 12)] * 4, st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=5)


@settings(max_examples=8)
@given(cells, st.integers(1, 30), st.sampled_from([0.0, 0.1, 0.3]), st.randoms())
def test_rows_in_any_order_give_the_same_answer_within_bounds(cells, minimum_size, minimum_share, random):
    rows = [
        group(f"g{i}", refused + chosen, chosen, errors=errors, final=refused, overrides=1)
        for i, (*errors, refused, chosen) in enumerate(cells)
        if refused + chosen
    ]
    rows += [group("x", 5, 2, model_id="other"), group("y", 6, 3, model_id="other")]
    limits = {"minimum_size": minimum_size, "minimum_share": minimum_share}
    found = measured(rows, **limits)
    shuffled = random.sample(rows, len(rows))
    pd.testing.assert_frame_equal(measured(shuffled, **limits), found)
    others = found[found["model_id"] == "other"].reset_index(drop=True)
    pd.testing.assert_frame_equal(measured(rows[-2:], **limits), others)
    values = found.set_index("metric")["value"].dropna()
    bounded = values.drop("standardised_mean_difference", errors="ignore")
    assert bounded.between(0, 1).all()
    assert not np.isinf(found[["value", "p_value", "ci_low", "ci_high"]].astype(float)).any(axis=None)
    held = found[found["ci_low"].notna()]
    assert ((held["ci_low"] <= held["value"] + 1e-9) & (held["value"] <= held["ci_high"] + 1e-9)).all()


@settings(max_examples=8)
@given(st.integers(1, 100), st.integers(1, 100), st.integers(0, 100))
def test_groups_treated_alike_show_no_difference(chosen, refused, caught):
    errors = (caught + 1, 1, 2, caught + 3)
    rows = [group(name, chosen + refused, chosen, errors=errors) for name in "abc"]
    found = measured(rows)
    for metric in ACROSS:
        expected = 1 if "ratio" in metric else 0
        assert across(found, metric)["value"] == expected
        assert across(found, metric)["p_value"] == pytest.approx(1)
    assert set(of_groups(found, "standardised_mean_difference", variable=None).values()) == {0}
