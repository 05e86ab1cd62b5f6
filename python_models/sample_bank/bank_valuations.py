"""Oil positions valued by several models."""

from dbt_model_risk.sample_bank.holdings import valuations


def model(dbt, session):
    return valuations()
