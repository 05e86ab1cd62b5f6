"""Tests of expected shortfall, per model version, portfolio and period."""

from dbt_model_risk.market_risk.shortfall_metrics import shortfall_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    days = dbt.ref("met_market_risk_days").df()
    periods = dbt.ref("met_periods").df()
    return metric_table(shortfall_metrics(days, periods, as_of_date=dbt.config.meta_get("as_of_date")))
