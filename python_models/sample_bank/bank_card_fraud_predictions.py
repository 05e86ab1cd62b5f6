"""The card fraud log as the payment platform delivers it."""

from dbt_model_risk.sample_bank.card_fraud import fraud_predictions


def model(dbt, session):
    return fraud_predictions(float(dbt.config.meta_get("sample_bank_scale")))
