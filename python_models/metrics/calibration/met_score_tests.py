"""Tests of discrimination and calibration on the scores of a cohort."""

from dbt_model_risk.calibration.metrics import score_test_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    cohorts = dbt.ref("met_score_cohorts").df()
    bins = dbt.ref("met_score_bins").df()
    return metric_table(score_test_metrics(cohorts, bins, as_of_date=dbt.config.meta_get("as_of_date")))
