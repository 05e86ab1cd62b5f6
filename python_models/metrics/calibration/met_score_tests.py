"""Tests of discrimination and calibration on the scores of a cohort."""

from dbt_model_risk.calibration.metrics import score_test_metrics


def model(dbt, session):
    cohorts = dbt.ref("met_score_cohorts").df()
    bins = dbt.ref("met_score_bins").df()
    return score_test_metrics(cohorts, bins, as_of_date=dbt.config.meta_get("as_of_date"))
