"""Data quality against pandas, numpy and scipy on the raw rows that the evidence was counted from."""

from datetime import date, datetime, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

AS_OF = date(2025, 6, 30)
START, END = date(2025, 4, 1), date(2025, 4, 30)
PERIOD = {
    **{"model_id": "m", "model_version": "1", "problem_type": "binary", "outcome_horizon_days": 30},
    **{"period_grain": "month", "period_start": START, "period_end": END, "is_judged_grain": True},
}
VERSION = {"log_id": "l", "model_id": "m", "model_version": "1"}
COHORT = ["segment_key", "segment_value", "metric", "variable"]


@pytest.fixture(scope="session")
def quality(compiled):
    """Runs one quality model on tables; `periods` and registered versions have sound defaults."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as model_risk; use model_risk")
    connection.execute("create schema metrics; create schema registers; create schema evidence")

    def run(model, evidence, *, periods=(PERIOD,), retired_at=None):
        versions = [
            {"model_id": period["model_id"], "model_version": period["model_version"], "retired_at": retired_at}
            for period in periods
        ]
        registered = pd.DataFrame(versions).drop_duplicates().assign(recorded_at=datetime(2024, 1, 1))
        registered = registered.astype({"retired_at": "datetime64[us]"})
        source = "evd_feature_bins" if model == "met_feature_quality" else "evd_log_intake"
        if source == "evd_log_intake":
            # a column without any reason is text all the same, one without any day has dates
            days = pd.to_datetime(evidence["event_date"])
            evidence = evidence.assign(event_date=days).astype({"reject_reason": "string"})
        for table, frame in {
            "metrics.met_periods": pd.DataFrame(periods).astype({"outcome_horizon_days": "int32"}),
            "registers.model_versions": registered,
            f"evidence.{source}": evidence,
        }.items():
            connection.register("frame", frame)
            connection.execute(f"create or replace table {table} as select * from frame")
        connection.execute(f"alter table evidence.{source} alter event_date type date")
        return connection.execute(compiled[model]).df()

    return run


def bins(rows):
    """Raw rows as the evidence counts them, each by itself."""
    tables = []
    counted = {
        "income": np.where(rows["income"].isna(), -1, 0),
        "colour": np.where(rows["colour"].isna(), -1, 0),
        "score": 0,
        **{f"rule:{name}": rule(rows) for name, rule in RULES.items()},
    }
    for variable, bin_id in counted.items():
        for key in ("all", "region"):
            value = "all" if key == "all" else rows["region"]
            cell = {"segment_key": key, "segment_value": value, "variable": variable, "bin_id": bin_id, "n": 1}
            tables.append(rows[["event_date", "known_date"]].assign(**VERSION, **cell))
    moments = tables[0].assign(bin_id=-9, n=0)
    return pd.concat([*tables, moments], ignore_index=True).astype({"bin_id": "int64"})


def held(condition, is_judged):
    return np.where(is_judged, condition.astype(int), -1)


RULES = {
    "range:income": lambda rows: held(rows["income"].ge(10), rows["income"].notna()),
    "domain:income": lambda rows: held(rows["income"].ne(13), rows["income"].notna()),
    "valid:income": lambda rows: held(rows["income"].ge(10) & rows["income"].ne(13), rows["income"].notna()),
    "pattern:colour": lambda rows: held(rows["colour"].eq("red"), rows["colour"].notna()),
    "red_is_rich": lambda rows: held(
        rows["colour"].ne("red") | rows["income"].gt(12), rows["colour"].notna() & rows["income"].notna()
    ),
}


def raw_rows(seed, count):
    rng = np.random.default_rng(seed)
    days = [START + timedelta(days=int(day)) for day in rng.integers(-3, 33, count)]
    return pd.DataFrame(
        {
            "event_date": days,
            # some of it is learned after the as-of date
            "known_date": [
                day + timedelta(days=int(wait)) for day, wait in zip(days, rng.integers(0, 80, count), strict=True)
            ],
            "region": rng.choice(["north", "south"], count),
            "income": rng.choice([5.0, 10.0, 13.0, 20.0, np.nan], count),
            "colour": rng.choice(np.array(["red", "blue", None], dtype=object), count),
        }
    )


def expected_shares(rows):
    """Good and judged rows by cohort, metric and variable, straight from the raw rows."""
    inside = rows["event_date"].between(START, END) & (rows["known_date"] <= AS_OF)
    found = {}
    for key, value in [("all", "all"), *(("region", region) for region in rows["region"].unique())]:
        cohort = rows[inside & ((key == "all") | (rows["region"] == value))]
        if cohort.empty:
            continue
        for feature in ("income", "colour"):
            found[key, value, "completeness", feature] = (cohort[feature].notna().sum(), len(cohort))
        for metric, variable, rule in [
            ("validity", "income", "valid:income"),
            ("validity", "range:income", "range:income"),
            ("validity", "domain:income", "domain:income"),
            ("validity", "colour", "pattern:colour"),
            ("consistency", "red_is_rich", "red_is_rich"),
        ]:
            outcome = RULES[rule](cohort)
            found[key, value, metric, variable] = ((outcome == 1).sum(), (outcome >= 0).sum())
    return found


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 60))
def test_shares_equal_those_of_the_raw_rows(quality, seed, count):
    rows = raw_rows(seed, count)
    expected = expected_shares(rows)
    found = quality("met_feature_quality", bins(rows))
    found = found[found["variable"].notna()].set_index(COHORT)
    assert set(found.index) == set(expected)
    for cohort, (good, judged) in expected.items():
        row = found.loc[cohort]
        assert (row["sample_size"], row["event_count"]) == (judged, judged - good)
        if judged:
            assert row["value"] == pytest.approx(good / judged, rel=1e-15)
            interval = stats.binomtest(int(good), int(judged)).proportion_ci(method="wilson")
            assert (row["ci_low"], row["ci_high"]) == pytest.approx(tuple(interval), abs=1e-12)
        else:
            assert pd.isna(row["value"]) and row["status_reason"] == "no_data"


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_and_grouping_of_evidence_change_nothing(quality, seed):
    evidence = bins(raw_rows(seed, 80))
    counted = evidence.groupby(list(evidence.columns.drop("n")), as_index=False).sum()
    one, other = (
        quality("met_feature_quality", frame).sort_values(COHORT, ignore_index=True)
        for frame in (evidence, counted.sample(frac=1, random_state=seed))
    )
    pd.testing.assert_frame_equal(one, other, rtol=0, atol=0)


def test_where_no_rule_is_declared_the_reason_says_so(quality):
    evidence = bins(raw_rows(1, 50))
    undeclared = evidence[~evidence["variable"].str.startswith("rule:")]
    found = quality("met_feature_quality", undeclared).query("metric != 'completeness'")
    assert sorted(found["metric"]) == ["consistency", "validity"]
    assert found["value"].isna().all() and set(found["status_reason"]) == {"not_declared"}
    assert set(found["segment_key"]) == {"all"} and found["variable"].isna().all()


def test_a_rule_with_nothing_to_judge_has_no_value(quality):
    rows = raw_rows(2, 30).assign(income=np.nan)
    found = quality("met_feature_quality", bins(rows)).query("segment_key == 'all'").set_index(["metric", "variable"])
    assert found.loc[("validity", "income"), "status_reason"] == "no_data"
    assert found.loc[("completeness", "income"), "value"] == 0
    assert found.loc[("consistency", "red_is_rich"), "sample_size"] == 0


def test_the_only_rule_of_a_column_is_its_validity(quality):
    evidence = bins(raw_rows(3, 40))
    alone = evidence[~evidence["variable"].isin(["rule:domain:income", "rule:valid:income"])]
    found = quality("met_feature_quality", alone).query("metric == 'validity' and segment_key == 'all'")
    assert set(found["variable"]) == {"income", "colour"}


def test_without_evidence_there_is_one_reason_per_rule_family(quality):
    found = quality("met_feature_quality", bins(raw_rows(4, 5)).assign(model_version="2"))
    assert sorted(found["metric"]) == ["consistency", "validity"]
    assert set(found["status_reason"]) == {"not_declared"}


REASONS = [None, None, None, None, "duplicate_key", "null_key", "null_time", "null_score", "score_not_finite"]


def deliveries(seed, count):
    """Raw deliveries of two versions of a log over four months, some of them rejected, some without a version."""
    rng = np.random.default_rng(seed)
    days = [date(2025, 1, 1) + timedelta(days=int(day)) for day in rng.integers(0, 170, count)]
    rows = pd.DataFrame(
        {
            "log_id": "l",
            "log_kind": rng.choice(["prediction", "prediction", "outcome"], count),
            "model_id": "m",
            "model_version": rng.choice(["1", "1", "1", "2", "(missing)"], count),
            "event_date": days,
            "loaded_date": [
                day + timedelta(days=int(wait)) for day, wait in zip(days, rng.integers(0, 25, count), strict=True)
            ],
            "reject_reason": rng.choice(np.array(REASONS, dtype=object), count),
        }
    )
    rows.loc[rows["model_version"] == "(missing)", "reject_reason"] = "null_key"
    rows.loc[rows["reject_reason"] == "null_time", "event_date"] = pd.NaT
    return rows.assign(known_date=rows["loaded_date"])


def intake(rows):
    return rows.groupby(list(rows.columns), as_index=False, dropna=False).size().rename(columns={"size": "n"})


def lowest_day(predictions):
    """Return the lowest ratio of a day of April to the median of its weekday, and on how many days there is one."""
    counts = predictions.groupby("event_date").size()
    calendar = pd.date_range(counts.index.min(), AS_OF - timedelta(days=1))
    counts = counts.reindex(calendar.date, fill_value=0)
    ratios = []
    for day, n in counts.items():
        before = [day - timedelta(days=7 * week) for week in range(1, 9)]
        if START <= day <= END and before[-1] >= counts.index[0] and np.median(counts[before]) > 0:
            ratios.append(n / np.median(counts[before]))
    return (min(ratios) if ratios else None), len(ratios)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 1500))
def test_log_metrics_equal_those_of_the_raw_deliveries(quality, seed, count):
    rows = deliveries(seed, count)
    found = quality("met_log_quality", intake(rows)).set_index("metric")
    rows = rows[rows["known_date"] <= AS_OF]
    accepted = rows[rows["reject_reason"].isna() & (rows["model_version"] == "1")]
    predictions = accepted[accepted["log_kind"] == "prediction"]
    is_known_log = len(predictions) > 0
    ours = rows["model_version"].isin(["1", "(missing)"] if is_known_log else ["1"])
    counted_on = rows["event_date"].where(rows["event_date"].notna(), rows["loaded_date"])
    received = rows[ours & (rows["log_kind"] == "prediction") & counted_on.between(START, END)]
    for metric, reasons in {
        "uniqueness": ["duplicate_key"],
        "key_completeness": ["null_key", "null_time", "null_score"],
    }.items():
        bad = received["reject_reason"].isin(reasons).sum()
        assert found.loc[metric, "sample_size"] == len(received)
        if len(received):
            assert found.loc[metric, "event_count"] == bad
            assert found.loc[metric, "value"] == pytest.approx(1 - bad / len(received), abs=1e-12)
        else:
            assert found.loc[metric, "status_reason"] == "no_data"
    in_period = accepted[accepted["event_date"].between(START, END)]
    for metric, kind in {"load_delay_p95_days": "prediction", "outcome_delay_p95_days": "outcome"}.items():
        loaded = in_period[in_period["log_kind"] == kind]
        delays = [(row.loaded_date - row.event_date).days for row in loaded.itertuples()]
        assert found.loc[metric, "sample_size"] == len(delays)
        if delays:
            assert found.loc[metric, "value"] == np.quantile(delays, 0.95, method="inverted_cdf")
        else:
            assert found.loc[metric, "status_reason"] == "no_data"
    lowest, day_count = lowest_day(predictions) if is_known_log else (None, 0)
    assert found.loc["weekday_volume_ratio", "sample_size"] == day_count
    if lowest is None:
        assert found.loc["weekday_volume_ratio", "status_reason"] == "no_daily_pattern"
    else:
        assert found.loc["weekday_volume_ratio", "value"] == pytest.approx(lowest, rel=1e-15)


def daily(first, last, n=10, **columns):
    """A day's deliveries for every day from first to last, loaded on the day."""
    days = [day.date() for day in pd.date_range(first, last)]
    row = VERSION | {"log_kind": "prediction", "reject_reason": None, "n": n} | columns
    return pd.DataFrame([row | {"event_date": day, "loaded_date": day, "known_date": day} for day in days])


@pytest.mark.parametrize(
    ("count", "at_most_one_day_late", "expected"), [(20, 19, 1), (20, 18, 9), (100, 95, 1), (100, 94, 9), (1, 0, 9)]
)
def test_the_percentile_is_a_delay_that_occurred(quality, count, at_most_one_day_late, expected):
    """19 of 20 are 95 %: the percentile is theirs, and not the 20th's."""
    row = VERSION | {"log_kind": "prediction", "reject_reason": None, "event_date": START, "known_date": AS_OF}
    rows = [
        row | {"loaded_date": START + timedelta(days=1), "n": at_most_one_day_late},
        row | {"loaded_date": START + timedelta(days=9), "n": count - at_most_one_day_late},
    ]
    frame = pd.DataFrame([item for item in rows if item["n"]])
    found = quality("met_log_quality", frame).set_index("metric").loc["load_delay_p95_days"]
    assert (found["value"], found["sample_size"]) == (expected, count)


def test_outcomes_of_a_cohort_that_is_not_due_say_nothing_about_their_delay(quality):
    rows = pd.concat([daily(START, END), daily(START, END, log_kind="outcome")])
    due = PERIOD | {"outcome_horizon_days": (AS_OF - END).days}
    early = PERIOD | {"outcome_horizon_days": (AS_OF - END).days + 1}
    for period, expected in [(due, (0, 300, None)), (early, (None, 0, "immature"))]:
        found = quality("met_log_quality", rows, periods=[period]).set_index("metric").loc["outcome_delay_p95_days"]
        found = found[["value", "sample_size", "status_reason"]].astype(object)
        assert tuple(found.where(found.notna(), None)) == expected


def test_a_silent_day_is_the_lowest_and_a_day_without_eight_weeks_is_none(quality):
    rows = daily(date(2025, 1, 1), AS_OF)
    gap = rows[rows["event_date"] != date(2025, 4, 17)]
    found = quality("met_log_quality", gap).set_index("metric").loc["weekday_volume_ratio"]
    assert (found["value"], found["sample_size"], found["event_count"]) == (0, 30, 0)
    short = rows[rows["event_date"] >= END - timedelta(days=56)]
    found = quality("met_log_quality", short).set_index("metric").loc["weekday_volume_ratio"]
    assert (found["value"], found["sample_size"]) == (1, 1)
    shorter = rows[rows["event_date"] > END - timedelta(days=56)]
    found = quality("met_log_quality", shorter).set_index("metric").loc["weekday_volume_ratio"]
    assert pd.isna(found["value"]) and found["status_reason"] == "no_daily_pattern"


def test_a_retired_version_owes_no_day(quality):
    rows = daily(date(2025, 1, 1), date(2025, 4, 15))
    silent = quality("met_log_quality", rows).set_index("metric").loc["weekday_volume_ratio"]
    assert (silent["value"], silent["sample_size"]) == (0, 30)
    retired = quality("met_log_quality", rows, retired_at=datetime(2025, 4, 16)).set_index("metric")
    assert retired.loc["weekday_volume_ratio", ["value", "sample_size"]].tolist() == [1, 15]


def test_a_row_that_does_not_say_whose_it_is_counts_against_every_version_of_its_log_alone(quality):
    periods = [PERIOD, PERIOD | {"model_version": "2"}, PERIOD | {"model_id": "other"}]
    lost = VERSION | {"log_kind": "prediction", "reject_reason": "null_key", "event_date": START, "n": 5}
    lost |= {"loaded_date": START, "known_date": START, "model_version": "(missing)"}
    rows = pd.concat([
        daily(START, START),
        daily(START, START, model_version="2"),
        daily(START, START, model_id="other", log_id="elsewhere"),
        pd.DataFrame([lost]),
    ])  # fmt: skip
    found = quality("met_log_quality", rows, periods=periods).query("metric == 'key_completeness'")
    found = found.set_index(["model_id", "model_version"])["value"]
    assert found.to_dict() == pytest.approx({("m", "1"): 2 / 3, ("m", "2"): 2 / 3, ("other", "1"): 1})
