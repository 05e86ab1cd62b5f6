"""The zone and the add-ons of every window of 1 to 250 days."""

from dbt_model_risk.market_risk.traffic_light import traffic_light_table
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    return metric_table(traffic_light_table())
