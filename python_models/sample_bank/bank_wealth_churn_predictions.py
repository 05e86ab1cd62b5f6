"""The churn log as the client platform delivers it."""

from dbt_model_risk.sample_bank.wealth_churn import churn_predictions


def model(dbt, session):
    return churn_predictions(float(dbt.config.meta_get("sample_bank_scale")))
