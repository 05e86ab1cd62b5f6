"""What the portfolios hold."""

from dbt_model_risk.sample_bank.holdings import positions


def model(dbt, session):
    return positions()
