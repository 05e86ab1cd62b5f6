"""The return forecasts as the research platform delivers them."""

from dbt_model_risk.sample_bank.return_forecast import forecast_predictions


def model(dbt, session):
    return forecast_predictions(float(dbt.config.meta_get("sample_bank_scale")))
