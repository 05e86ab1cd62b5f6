"""How far every window has moved from the baseline and from the window before it."""

from dbt_model_risk.live.changed_rows import changed_rows
from dbt_model_risk.live.drift import live_drift_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    bins = dbt.ref("met_live_bins")
    dbt.ref("met_live_windows")  # the hooks read it
    computed = session.table(str(dbt.this)) if dbt.is_incremental else None
    as_of_date = dbt.config.meta_get("as_of_date")
    minimum_sample = dbt.config.meta_get("minimum_sample")
    changed = changed_rows(bins, computed=computed, as_of_date=as_of_date)
    return metric_table(live_drift_metrics(changed, minimum_sample=minimum_sample))
