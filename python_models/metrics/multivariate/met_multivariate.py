"""Whether the features of the latest 30 days have moved together, seen by a projection and by a classifier."""

from dbt_model_risk.metric_frame import metric_table
from dbt_model_risk.multivariate.metrics import multivariate_metrics


def model(dbt, session):
    samples = dbt.ref("evd_samples").df()
    baselines = dbt.ref("evd_baselines").df()
    as_of_date = dbt.config.meta_get("as_of_date")
    minimum_sample = dbt.config.meta_get("minimum_sample")
    return metric_table(multivariate_metrics(samples, baselines, as_of_date=as_of_date, minimum_sample=minimum_sample))
