"""Departures of scored clients."""

from dbt_model_risk.sample_bank.wealth_churn import churn_outcomes


def model(dbt, session):
    return churn_outcomes(float(dbt.config.meta_get("sample_bank_scale")))
