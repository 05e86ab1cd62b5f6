"""The loss estimates as the collections platform delivers them."""

from dbt_model_risk.sample_bank.credit_lgd import loss_predictions


def model(dbt, session):
    return loss_predictions(float(dbt.config.meta_get("sample_bank_scale")))
