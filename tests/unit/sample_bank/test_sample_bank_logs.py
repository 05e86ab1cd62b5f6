"""The sample bank's logs are the same every time, at every scale, and hold what was planted."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from dbt_model_risk.sample_bank import (
    card_fraud,
    credit_lgd,
    holdings,
    market_risk,
    retail_credit,
    return_forecast,
    wealth_churn,
)
from dbt_model_risk.sample_bank.frames import STREAMS, drawn_once, random_stream, scaled

LOGS = {
    "retail_credit": (retail_credit.credit_log, retail_credit),
    "card_fraud": (card_fraud.fraud_log, card_fraud),
    "wealth_churn": (wealth_churn.churn_log, wealth_churn),
    "return_forecast": (return_forecast.forecast_log, return_forecast),
    "credit_lgd": (credit_lgd.loss_log, credit_lgd),
}

PREFIXES = {
    "retail_credit": "rc",
    "card_fraud": "cf",
    "wealth_churn": "wc",
    "return_forecast": "rf",
    "credit_lgd": "cl",
}


def serialised(table):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def keys_with(table, prefix):
    return sum(key is not None and key.startswith(prefix) for key in table["prediction_id"].to_pylist())


@pytest.mark.parametrize("log", LOGS)
def test_a_log_is_the_same_bytes_every_time(log):
    draw, _ = LOGS[log]
    first = [serialised(table) for table in draw(0.05)]
    draw.cache_clear()
    assert [serialised(table) for table in draw(0.05)] == first


def test_two_threads_that_ask_at_once_get_one_drawing():
    draws = []

    @drawn_once
    def draw(scale):
        time.sleep(0.05)
        draws.append(scale)
        return object(), object()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(draw, [1.0, 1.0])
    assert draws == [1.0]
    assert first is second


def test_market_risk_is_the_same_bytes_every_time():
    tables = (market_risk.market_risk_days, holdings.positions, holdings.sensitivities, holdings.risk_factors)
    first = [serialised(table()) for table in tables]
    market_risk.market_risk_days.cache_clear()
    assert [serialised(table()) for table in tables] == first


def test_a_change_in_one_log_does_not_move_another():
    alone = {name: random_stream(name).random(4) for name in STREAMS}
    generators = {name: random_stream(name) for name in STREAMS}
    generators["card_fraud"].random(1_000)
    for name, expected in alone.items():
        if name != "card_fraud":
            np.testing.assert_array_equal(generators[name].random(4), expected)
    assert len({tuple(draws) for draws in alone.values()}) == len(STREAMS)


@pytest.mark.parametrize("log", LOGS)
def test_the_scale_sizes_both_sides_of_a_log(log):
    draw, _ = LOGS[log]
    for small, large in zip(draw(0.05), draw(0.2), strict=True):
        assert large.num_rows / small.num_rows == pytest.approx(4.0, rel=0.1)
        assert large.schema == small.schema


@pytest.mark.parametrize("scale", [0.05, 0.2])
@pytest.mark.parametrize("log", LOGS)
def test_every_planted_fault_is_in_the_log_at_its_scale(log, scale):
    draw, module = LOGS[log]
    predictions, outcomes = draw(scale)
    prefix = PREFIXES[log]
    for reason, (column, _, count) in module.PREDICTION_FAULTS.items():
        if column != "prediction_id":
            assert keys_with(predictions, f"{prefix}-{reason}-") == scaled(count, scale), reason
    for reason, (column, _, count) in module.OUTCOME_FAULTS.items():
        if column != "prediction_id":
            assert keys_with(outcomes, f"{prefix}-orphan-{reason}-") == scaled(count, scale), reason
    for table, faults in ((predictions, module.PREDICTION_FAULTS), (outcomes, module.OUTCOME_FAULTS)):
        lost = sum(scaled(count, scale) for column, _, count in faults.values() if column == "prediction_id")
        assert table["prediction_id"].null_count == lost


@pytest.mark.parametrize(
    ("log", "later", "same"),
    [
        ("retail_credit", 110, 25),
        ("card_fraud", 140, 30),
        ("wealth_churn", 60, 12),
        ("return_forecast", 10, 4),
        ("credit_lgd", 6, 2),
    ],
)
def test_duplicates_are_as_many_as_planted(log, later, same):
    draw, _ = LOGS[log]
    predictions, _ = draw(0.2)
    keys = Counter(key for key in predictions["prediction_id"].to_pylist() if key is not None)
    assert sum(n - 1 for n in keys.values()) == scaled(later, 0.2) + scaled(same, 0.2)
    assert max(keys.values()) == 2


@pytest.mark.parametrize(
    ("log", "corrected", "excluded"),
    [
        ("retail_credit", 90, 15),
        ("card_fraud", 12, 25),
        ("wealth_churn", 30, 8),
        ("return_forecast", 12, 4),
        ("credit_lgd", 15, 6),
    ],
)
def test_outcomes_are_corrected_and_withdrawn_as_planted(log, corrected, excluded):
    draw, _ = LOGS[log]
    _, outcomes = draw(0.2)
    outcomes = outcomes.filter(
        pc.less(outcomes["observed_at"], pc.coalesce(outcomes["loaded_at"], outcomes["observed_at"]))
    )
    known = {}
    for key, value in zip(outcomes["prediction_id"].to_pylist(), outcomes["outcome"].to_pylist(), strict=True):
        if key is not None and "orphan" not in key and value is not None:
            known.setdefault(key, set()).add(value)
    assert sum(len(values) > 1 for values in known.values()) == scaled(corrected, 0.2)
    statuses = Counter(outcomes["outcome_status"].to_pylist())
    assert statuses["excluded"] == scaled(excluded, 0.2)


def test_the_unregistered_version_starts_on_its_day():
    predictions, _ = wealth_churn.churn_log(0.2)
    beta = predictions.filter(pc.equal(predictions["model_version"], wealth_churn.UNREGISTERED_VERSION))
    assert beta.num_rows == scaled(wealth_churn.UNREGISTERED_ROWS, 0.2)
    assert np.datetime64(pc.min(beta["predicted_at"]).as_py()) >= wealth_churn.UNREGISTERED_FROM
    assert set(beta["variant"].to_pylist()) == {"shadow"}


def test_card_fraud_has_no_row_on_the_missing_day_and_rows_beside_it():
    predictions, _ = card_fraud.fraud_log(0.2)
    days = predictions["predicted_at"].to_numpy().astype("datetime64[D]")
    missing = np.datetime64(card_fraud.MISSING_DAY)
    assert not (days == missing).any()
    assert (days == missing - 1).any()
    assert (days == missing + 1).any()


def test_what_a_client_is_stays():
    predictions = wealth_churn.churn_log(0.2)[0].to_pandas()
    sound = predictions[predictions["account_age"].notna()]
    for attribute in ("wealth_tier", "region", "mandate_type"):
        assert (sound.groupby("client_id")[attribute].nunique() == 1).all(), attribute
    assert (sound.groupby("client_id").size() > 1).any()


def test_account_age_switches_from_months_to_days_on_its_day():
    predictions = wealth_churn.churn_log(0.2)[0].to_pandas()
    is_later = predictions["predicted_at"] >= np.datetime64(wealth_churn.AGE_IN_DAYS_FROM)
    before, after = predictions[~is_later]["account_age"].median(), predictions[is_later]["account_age"].median()
    assert after / before == pytest.approx(30.4, rel=0.1)


def test_debt_to_income_of_version_two_rises_on_its_day_and_of_version_one_never():
    predictions = retail_credit.credit_log(0.2)[0].to_pandas()
    month = predictions["scored_ts"].str[:7]
    debt = predictions.groupby([predictions["model_version"], month])["debt_to_income"].mean()
    assert debt["2.0"]["2025-01"] - debt["2.0"]["2024-12"] == pytest.approx(0.13, abs=0.03)
    assert debt["1.0"]["2025-01"] - debt["1.0"]["2024-12"] == pytest.approx(0.0, abs=0.05)


def test_the_bank_loses_nothing_on_an_applicant_it_declined():
    predictions, outcomes = (table.to_pandas() for table in retail_credit.credit_log(0.2))
    decided = predictions.drop_duplicates("prediction_id").set_index("prediction_id")
    declined = decided["override_decision"].fillna(decided["decision"]) == "decline"
    observed = outcomes[outcomes["prediction_id"].isin(declined.index) & outcomes["amount"].notna()]
    is_declined = declined.reindex(observed["prediction_id"]).to_numpy()
    assert is_declined.any()
    assert (observed["amount"][is_declined] == 0.0).all()
    assert (observed["amount"][~is_declined] > 0.0).any()
