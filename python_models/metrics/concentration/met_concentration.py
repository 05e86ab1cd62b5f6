"""Concentration of each portfolio by issuer and instrument."""

from dbt_model_risk.concentration.metrics import concentration_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    positions = dbt.ref("met_latest_positions").df()
    return metric_table(concentration_metrics(positions, as_of_date=dbt.config.meta_get("as_of_date")))
