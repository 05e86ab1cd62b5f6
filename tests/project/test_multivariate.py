"""Multivariate drift, which is off: without a log named there is no model; with one it is measured on a sample."""

import shutil

import duckdb
import pytest

LOG = "wealth_management__churn"
MODELS = ["evd_samples", "met_multivariate"]


def test_it_is_off_and_costs_nothing(manifest):
    names = {node["name"] for node in manifest["nodes"].values()}
    assert names.isdisjoint(MODELS)


@pytest.fixture(scope="module")
def measured(warehouse, dbt, tmp_path_factory):
    """A copy of the sample bank in which the churn log is compared feature by feature and all together."""
    folder = tmp_path_factory.mktemp("multivariate")
    shutil.copy(warehouse[0], folder / "model_risk.duckdb")
    result = dbt("run", "--select", *MODELS, "--vars", f"{{multivariate_logs: [{LOG}]}}", folder=folder)
    assert result.success, result.exception
    with duckdb.connect(str(folder / "model_risk.duckdb"), read_only=True) as connection:
        yield connection


def test_the_sample_is_capped_and_has_features_only(measured):
    windows = measured.sql("""
        select sample_window, count(distinct row_number), max(row_number), count(*) / count(distinct row_number)
        from evidence.evd_samples group by all order by all
    """).fetchall()
    assert [window for window, *_ in windows] == ["current", "reference"]
    assert all(count == most <= 2000 and features == 8 for _, count, most, features in windows)
    columns = {name for name, *_ in measured.sql("describe evidence.evd_samples").fetchall()}
    assert columns.isdisjoint({"prediction_id", "entity_id", "predicted_at", "loaded_at"})


def test_the_planted_drift_of_the_churn_log_is_seen(measured):
    """Its account_age is in days, not months, since February 2025: the latest days lie far off."""
    rows = measured.sql("select metric, value, ci_low, ci_high, sample_size from metrics.met_multivariate").fetchall()
    found = {metric: figures for metric, *figures in rows}
    assert len(rows) == len(found) == 3
    error, _, high, size = found["reconstruction_error"]
    assert error > high and size > 1000
    assert found["reconstruction_error_shift"][0] > 3
    assert found["domain_classifier_auc"][1] > 0.65
