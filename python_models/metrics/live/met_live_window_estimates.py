"""What performance is likely to be, before the outcomes that would show it."""

from dbt_model_risk.estimated_performance.metrics import Assumptions, estimate_metrics
from dbt_model_risk.live.changed_rows import changed_rows
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    as_of_date = dbt.config.meta_get("as_of_date")
    computed = session.table(str(dbt.this)) if dbt.is_incremental else None
    windows = changed_rows(dbt.ref("met_live_windows"), computed=computed, as_of_date=as_of_date)
    counts = changed_rows(dbt.ref("met_live_score_counts"), computed=computed, as_of_date=as_of_date)
    references = dbt.ref("met_live_references").df()
    models = dbt.ref("models").df()
    assumptions = Assumptions(
        minimum_sample=float(dbt.config.meta_get("minimum_sample")),
        minimum_class_count=float(dbt.config.meta_get("minimum_class_count")),
        minimum_coverage=float(dbt.config.meta_get("minimum_coverage")),
        unseen_share=float(dbt.config.meta_get("unseen_share")),
        gap_share=float(dbt.config.meta_get("gap_share")),
        gap_p_value=float(dbt.config.meta_get("gap_p_value")),
    )
    return metric_table(estimate_metrics(windows, counts, references, models, assumptions=assumptions))
