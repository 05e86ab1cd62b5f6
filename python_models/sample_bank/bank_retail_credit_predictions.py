"""The retail credit log as the scoring platform delivers it."""

from dbt_model_risk.sample_bank.retail_credit import credit_predictions


def model(dbt, session):
    return credit_predictions(float(dbt.config.meta_get("sample_bank_scale")))
