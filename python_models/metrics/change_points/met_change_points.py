"""Since when a daily series has left its level: one row per alarm of every applied detector."""

from dbt_model_risk.change_detection.change_points import change_points
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    series = dbt.ref("met_daily_series").df()
    settings = dbt.ref("change_detectors").df()
    return metric_table(change_points(series, settings))
