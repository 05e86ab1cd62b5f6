"""Value at risk beside profit and loss, on real index history."""

from dbt_model_risk.sample_bank.market_risk import market_risk_days


def model(dbt, session):
    return market_risk_days()
