"""How far features, score, decision and predicted class have moved from the baseline."""

from dbt_model_risk.drift.metrics import drift_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    bins = dbt.ref("met_drift_bins").df()
    as_of_date = dbt.config.meta_get("as_of_date")
    minimum_sample = dbt.config.meta_get("minimum_sample")
    return metric_table(drift_metrics(bins, as_of_date=as_of_date, minimum_sample=minimum_sample))
