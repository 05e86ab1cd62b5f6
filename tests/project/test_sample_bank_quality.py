"""The data quality of the sample bank is what its own rows say, counted one by one in pandas."""

import duckdb
import pandas as pd
import pytest

CREDIT, FRAUD = "retail_banking__credit", "retail_banking__card_fraud"
KEYS = ["model_version", "segment_key", "segment_value", "period_grain", "period_start", "metric", "variable"]


def secured(rows):
    return rows["loan_to_value"].notna() == rows["product"].isin(["mortgage", "auto"])


def reasoned(rows):
    return rows["override_decision"].notna() == rows["override_reason"].notna()


# What staging's YAML declares, written down a second time: column, and which of its present values are sound.
VALID = {
    CREDIT: {
        "bureau_score": lambda x: x.between(300, 850),
        "months_on_book": lambda x: x.between(0, 720),
        "loan_to_value": lambda x: x.between(0, 2),
        "debt_to_income": lambda x: x.between(0, 1),
        "income": lambda x: x >= 0,
        "channel": lambda x: x.isin(["branch", "online", "broker"]),
        "artifact_sha256": lambda x: x.str.fullmatch("[0-9a-f]{64}"),
    },
    FRAUD: {
        "distance_from_home": lambda x: x.between(0, 20100),
        "hour_of_day": lambda x: x.between(0, 23),
        "channel": lambda x: x.isin(["point_of_sale", "ecommerce", "atm", "contactless"]),
    },
}
CONSISTENT = {
    CREDIT: {"collateral_fits_product": secured, "override_has_reason": reasoned},
    FRAUD: {
        "hour_fits_time": lambda rows: rows["hour_of_day"] == rows["predicted_at"].dt.hour,
        "amount_is_exposure": lambda rows: (rows["transaction_amount"] - rows["exposure_amount"]).abs() < 0.005,
    },
}
FEATURES = {
    CREDIT: ["bureau_score", "months_on_book", "loan_to_value", "income", "employment_type", "decision"],
    FRAUD: ["distance_from_home", "merchant_category", "decision"],
}
SEGMENT = {CREDIT: "product", FRAUD: "country_group"}
SOURCES = {CREDIT: "bank_retail_credit_predictions", FRAUD: "bank_card_fraud_predictions"}


@pytest.fixture(scope="module")
def database(warehouse):
    path, _ = warehouse
    with duckdb.connect(path, read_only=True) as connection:
        yield connection


def known_rows(database, log):
    """The first arrival of every sound row of the delivered log, with times, and -999 taken for missing."""
    rows = database.execute(f"select * from sample_bank.{SOURCES[log]}").df()
    rows = rows.rename(columns={"scored_ts": "predicted_at", "loaded_ts": "loaded_at", "pd": "score"})
    for time in ("predicted_at", "loaded_at"):
        rows[time] = pd.to_datetime(rows[time], errors="coerce")
    if log == CREDIT:
        rows["bureau_score"] = rows["bureau_score"].mask(rows["bureau_score"] == -999)
    rows = rows[
        rows[["prediction_id", "model_version", "predicted_at", "loaded_at"]].notna().all(axis=1)
        & rows["score"].between(0, 1)
        & rows["model_id"].isin(["retail_credit_pd", "retail_card_fraud"])
        & (rows["loaded_at"] >= rows["predicted_at"])
        & (rows["loaded_at"] < "2025-07-01")
    ]
    return rows.sort_values("loaded_at", kind="stable").drop_duplicates("prediction_id")


def expected(rows, log, periods):
    """Good and judged rows by version, segment, period, metric and variable."""
    days = rows["predicted_at"].dt.normalize()
    for period in periods.itertuples():
        inside = rows[
            (rows["model_version"] == period.model_version) & days.between(period.period_start, period.period_end)
        ]
        cut = [("all", "all", inside)]
        cut += [(SEGMENT[log], value, cohort) for value, cohort in inside.groupby(SEGMENT[log])]
        for key, value, cohort in cut:
            place = (period.model_version, key, value, period.period_grain, period.period_start)
            for feature in FEATURES[log]:
                yield (*place, "completeness", feature), (cohort[feature].notna().sum(), len(cohort))
            for column, is_valid in VALID[log].items():
                present = cohort[column].dropna()
                yield (*place, "validity", column), (is_valid(present).sum(), len(present))
            for rule, holds in CONSISTENT[log].items():
                yield (*place, "consistency", rule), (holds(cohort).sum(), len(cohort))


@pytest.mark.parametrize(("log", "model_id"), [(CREDIT, "retail_credit_pd"), (FRAUD, "retail_card_fraud")])
def test_every_share_equals_a_count_of_the_delivered_rows(database, log, model_id):
    periods = database.execute("select * from metrics.met_periods where model_id = ?", [model_id]).df()
    found = database.execute("select * from metrics.met_feature_quality where model_id = ?", [model_id]).df()
    found = found.set_index(KEYS)
    counts = {
        place: (good, judged)
        for place, good, judged in zip(
            found.index, found["sample_size"] - found["event_count"], found["sample_size"], strict=True
        )
    }
    compared = dict(expected(known_rows(database, log), log, periods))
    assert len(compared) > 1000
    assert {place: counts[place] for place in compared} == compared
    shares = found.loc[list(compared), "value"]
    assert shares.notna().sum() == sum(judged > 0 for _, judged in compared.values())
    known = found[found["value"].notna()]
    assert (known["value"] == (known["sample_size"] - known["event_count"]) / known["sample_size"]).all()


@pytest.mark.parametrize(("log", "model_id"), [(CREDIT, "retail_credit_pd"), (FRAUD, "retail_card_fraud")])
def test_unique_keys_and_delays_equal_a_count_of_the_delivered_rows(database, log, model_id):
    """Uniqueness by the keys themselves: rows received for a period less keys among them."""
    admitted = database.execute(
        f"select * from staging.stg_{log}__admitted where model_id = ? and event_date is not null", [model_id]
    ).df()
    found = database.execute("select * from metrics.met_log_quality where model_id = ?", [model_id]).df()
    found = found[found["period_grain"] == "quarter"].set_index(["model_version", "period_start", "metric"])
    periods = found.reset_index()[["model_version", "period_start", "period_end"]].drop_duplicates()
    assert len(periods) > 8
    for period in periods.itertuples():
        rows = admitted[
            (admitted["model_version"] == period.model_version)
            & admitted["event_date"].between(period.period_start, period.period_end)
        ]
        place = (period.model_version, period.period_start)
        judged = rows[rows["reject_reason"].isna() | (rows["reject_reason"] == "duplicate_key")]
        repeats = len(judged) - judged["prediction_id"].nunique()
        assert found.loc[(*place, "uniqueness"), "event_count"] == repeats
        accepted = rows[rows["reject_reason"].isna()]
        delays = (accepted["loaded_date"] - accepted["event_date"]).dt.days
        delay = found.loc[(*place, "load_delay_p95_days")]
        assert delay["value"] == delays.quantile(0.95, interpolation="higher")
        assert delay["sample_size"] == len(accepted)


def test_where_rules_are_declared_they_are_judged_and_where_none_is_nobody_is_warned(database):
    verdicts = database.execute(
        """
        select model_id, rag_status, status_reason, enforcement from policies.pol_evaluations
        where policy_id in ('data_validity', 'data_consistency', 'unique_keys', 'load_delay')
        """
    ).fetchall()
    declared = ["retail_credit_pd", "retail_card_fraud", "retail_credit_lgd", "wealth_churn", "wealth_return_forecast"]
    judged = [verdict[1:] for verdict in verdicts if verdict[0] in declared]
    assert len(judged) == 4 * 6
    assert set(judged) == {("green", None, "none")}
    others = {verdict[1:] for verdict in verdicts if verdict[0] not in declared}
    assert others <= {("green", None, "none"), ("grey", "not_declared", "none")}
