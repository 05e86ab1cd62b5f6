"""Challengers against champions on the same cases."""

from dbt_model_risk.discrimination.challenger_metrics import challenger_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    pairs = dbt.ref("met_score_pairs").df()
    as_of_date = dbt.config.meta_get("as_of_date")
    minimum_sample = dbt.config.meta_get("minimum_sample")
    minimum_class_count = dbt.config.meta_get("minimum_class_count")
    return metric_table(
        challenger_metrics(
            pairs, as_of_date=as_of_date, minimum_sample=minimum_sample, minimum_class_count=minimum_class_count
        )
    )
