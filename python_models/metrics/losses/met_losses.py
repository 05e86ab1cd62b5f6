"""Back-tests of estimated losses: t-test, shortfall and ranking, per model version, segment and period."""

from dbt_model_risk.losses.metrics import loss_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    sums = dbt.ref("met_loss_sums").df()
    cells = dbt.ref("met_loss_cells").df()
    as_of_date = dbt.config.meta_get("as_of_date")
    minimum_sample = dbt.config.meta_get("minimum_sample")
    return metric_table(loss_metrics(sums, cells, as_of_date=as_of_date, minimum_sample=minimum_sample))
