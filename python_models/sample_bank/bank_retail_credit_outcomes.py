"""Defaults of scored applicants."""

from dbt_model_risk.sample_bank.retail_credit import credit_outcomes


def model(dbt, session):
    return credit_outcomes(float(dbt.config.meta_get("sample_bank_scale")))
