"""Price history of the risk factors."""

from dbt_model_risk.sample_bank.holdings import risk_factors


def model(dbt, session):
    return risk_factors()
