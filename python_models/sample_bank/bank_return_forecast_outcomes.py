"""Realised returns of forecast funds."""

from dbt_model_risk.sample_bank.return_forecast import forecast_outcomes


def model(dbt, session):
    return forecast_outcomes(float(dbt.config.meta_get("sample_bank_scale")))
