"""The desk-level backtest and missing portfolios, per model version, portfolio and period."""

from dbt_model_risk.market_risk.desk_metrics import desk_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    days = dbt.ref("met_market_risk_days").df()
    periods = dbt.ref("met_periods").df()
    excusals = dbt.ref("met_backtest_excusals").df()
    return metric_table(desk_metrics(days, periods, excusals, as_of_date=dbt.config.meta_get("as_of_date")))
