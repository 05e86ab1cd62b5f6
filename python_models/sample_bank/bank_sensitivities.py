"""How the portfolios react to their risk factors."""

from dbt_model_risk.sample_bank.holdings import sensitivities


def model(dbt, session):
    return sensitivities()
