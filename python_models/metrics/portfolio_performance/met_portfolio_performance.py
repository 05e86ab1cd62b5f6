"""Performance of each portfolio that has a mandate."""

from dbt_model_risk.metric_frame import metric_table
from dbt_model_risk.portfolio_performance.metrics import performance_metrics


def model(dbt, session):
    returns = dbt.ref("met_mandated_returns").df()
    return metric_table(performance_metrics(returns, as_of_date=dbt.config.meta_get("as_of_date")))
