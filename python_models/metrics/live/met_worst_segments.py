"""Which segments a model serves worse than the rest: performance once outcomes are due, drift before."""

import pandas as pd

from dbt_model_risk.metric_frame import metric_table
from dbt_model_risk.segments.worst_segments import worst_segments


def model(dbt, session):
    figures = pd.concat([dbt.ref("met_segment_performance").df(), dbt.ref("met_segment_drift").df()])
    false_discovery_rate = dbt.config.meta_get("false_discovery_rate")
    return metric_table(worst_segments(figures, false_discovery_rate=false_discovery_rate))
