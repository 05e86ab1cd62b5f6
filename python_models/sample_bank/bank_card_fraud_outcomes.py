"""Chargebacks of scored payments."""

from dbt_model_risk.sample_bank.card_fraud import fraud_outcomes


def model(dbt, session):
    return fraud_outcomes(float(dbt.config.meta_get("sample_bank_scale")))
