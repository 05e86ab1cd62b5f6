"""Oil positions revalued in full."""

from dbt_model_risk.sample_bank.holdings import scenario_values


def model(dbt, session):
    return scenario_values()
