"""Realised losses of defaulted loans."""

from dbt_model_risk.sample_bank.credit_lgd import loss_outcomes


def model(dbt, session):
    return loss_outcomes(float(dbt.config.meta_get("sample_bank_scale")))
