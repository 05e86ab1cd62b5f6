"""How alike groups of people are selected, scored and misjudged."""

from dbt_model_risk.fairness.metrics import fairness_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    counts = dbt.ref("met_fairness_counts").df()
    as_of_date = dbt.config.meta_get("as_of_date")
    minimum_size = dbt.config.meta_get("minimum_size")
    minimum_share = dbt.config.meta_get("minimum_share")
    return metric_table(
        fairness_metrics(counts, as_of_date=as_of_date, minimum_size=minimum_size, minimum_share=minimum_share)
    )
