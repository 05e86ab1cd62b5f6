"""How far outcomes have moved from the baseline and from the window before, once they are due."""

from dbt_model_risk.live.outcome_drift import outcome_drift_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    bins = dbt.ref("met_outcome_bins").df()
    return metric_table(outcome_drift_metrics(bins, minimum_sample=dbt.config.meta_get("minimum_sample")))
