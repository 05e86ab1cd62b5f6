"""The sample bank's models are as good, and as imperfect, as a bank's. Oracle for AUC: scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dbt_model_risk.sample_bank import card_fraud, credit_lgd, retail_credit, return_forecast, wealth_churn

SCALE = 0.2


def scored(log, score, *, key="prediction_id"):
    """Sound predictions beside their first outcome."""
    predictions, outcomes = (table.to_pandas() for table in log(SCALE))
    first = outcomes[outcomes["outcome"].notna()].sort_values("loaded_at", kind="stable").drop_duplicates(key)
    sound = predictions[predictions[key].str.fullmatch(r"[a-z]{2}-\d{6}", na=False)].drop_duplicates(key)
    return sound.rename(columns={score: "score"}).merge(first[[key, "outcome", "amount"]], on=key)


@pytest.fixture(scope="module")
def credit():
    return scored(retail_credit.credit_log, "pd")


@pytest.fixture(scope="module")
def fraud():
    return scored(card_fraud.fraud_log, "score")


@pytest.fixture(scope="module")
def forecasts():
    return scored(return_forecast.forecast_log, "predicted_return")


@pytest.fixture(scope="module")
def losses():
    return scored(credit_lgd.loss_log, "estimated_lgd")


def test_credit_ranks_as_application_scores_do(credit):
    matured = credit[credit["scored_ts"] < "2024-06-30"]
    area = {name: roc_auc_score(rows["outcome"], rows["score"]) for name, rows in matured.groupby("model_version")}
    assert 0.70 < area["1.0"] < 0.82
    assert 0.72 < area["2.0"] < 0.86


def test_credit_is_calibrated_before_its_feature_drifts(credit):
    matured = credit[credit["scored_ts"] < "2024-06-30"]
    assert 0.03 < matured["outcome"].mean() < 0.06
    for _, rows in matured.groupby("model_version"):
        deviation = np.sqrt((rows["score"] * (1.0 - rows["score"])).sum())
        assert abs(rows["outcome"].sum() - rows["score"].sum()) < 3.0 * deviation


def test_fraud_is_rare_ranked_well_and_calibrated(fraud):
    assert 0.002 < fraud["outcome"].mean() < 0.01
    assert roc_auc_score(fraud["outcome"], fraud["score"]) > 0.88
    assert fraud["outcome"].sum() / fraud["score"].sum() == pytest.approx(1.0, abs=0.25)
    assert (fraud["amount"][fraud["outcome"] == 1.0] > 0.0).all()


def test_alerts_take_the_riskiest_of_each_day_and_no_more_than_its_capacity(fraud):
    predictions = card_fraud.fraud_log(SCALE)[0].to_pandas()
    sound = predictions[predictions["prediction_id"].str.fullmatch(r"cf-\d{6}", na=False)]
    for _, rows in sound.drop_duplicates("prediction_id").groupby(sound["predicted_at"].dt.date):
        alerted = rows["decision"] == "alert"
        assert alerted.sum() == np.ceil(card_fraud.ALERT_SHARE * len(rows))
        assert rows["score"][alerted].min() >= rows["score"][~alerted].max()


def test_churn_ranks_and_is_calibrated_until_the_account_age_changes():
    churn = scored(wealth_churn.churn_log, "score")
    before = churn[churn["predicted_at"] < np.datetime64(wealth_churn.AGE_IN_DAYS_FROM)]
    after = churn[churn["predicted_at"] >= np.datetime64(wealth_churn.AGE_IN_DAYS_FROM)]
    after = after[after["predicted_at"] < np.datetime64("2025-04-01")]
    assert 0.65 < roc_auc_score(before["outcome"], before["score"]) < 0.80
    assert before["outcome"].sum() / before["score"].sum() == pytest.approx(1.0, abs=0.1)
    assert after["outcome"].sum() / after["score"].sum() > 1.15


def test_forecast_intervals_cover_what_they_promise(forecasts):
    covered = forecasts["outcome"].between(forecasts["return_lower"], forecasts["return_upper"])
    assert covered.mean() == pytest.approx(0.90, abs=0.05)
    width = forecasts["return_upper"] - forecasts["return_lower"]
    by_class = width.groupby(forecasts["asset_class"]).mean()
    assert by_class["bond"] < 0.5 * by_class["equity"]
    for _, rows in covered.groupby(forecasts["asset_class"]):
        assert rows.mean() > 0.8


def test_forecasts_are_made_on_weekdays(forecasts):
    assert np.is_busday(forecasts["predicted_at"].to_numpy().astype("datetime64[D]")).all()


def test_losses_are_right_on_average_for_every_collateral(losses):
    error = losses["outcome"] - losses["score"]
    for _, rows in error.groupby(losses["collateral"]):
        assert abs(rows.mean()) < 3.0 * rows.std() / np.sqrt(len(rows))
    by_collateral = losses.groupby("collateral")["outcome"].mean()
    assert by_collateral.idxmin() == "property"
    assert by_collateral.idxmax() == "none"


def test_a_loss_is_its_share_of_the_exposure_after_a_workout_within_the_horizon():
    predictions, outcomes = (table.to_pandas() for table in credit_lgd.loss_log(SCALE))
    loans = predictions.drop_duplicates("prediction_id")
    first = outcomes[outcomes["amount"] != 0.0].dropna(subset="outcome").drop_duplicates("prediction_id")
    first = first.merge(loans, on="prediction_id", suffixes=("", "_scored"))
    np.testing.assert_allclose(first["amount"], first["outcome"] * first["exposure_at_default"], atol=0.02)
    workout = (first["observed_at"].dt.normalize() - first["predicted_at"].dt.normalize()).dt.days
    assert workout.between(60, 365).all()
    has_thing = loans["collateral"].isin(["property", "vehicle"])
    assert (loans["loan_to_value"].notna() == has_thing).all()
    assert has_thing.any() and not has_thing.all()
