"""Tests of rating grades and of the portfolio over them."""

from dbt_model_risk.grades.metrics import grade_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    counts = dbt.ref("met_grade_counts").df()
    as_of_date = dbt.config.meta_get("as_of_date")
    minimum_sample = dbt.config.meta_get("minimum_sample")
    return metric_table(grade_metrics(counts, as_of_date=as_of_date, minimum_sample=minimum_sample))
