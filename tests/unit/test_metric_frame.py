"""A metric row leaves Python with every column, or not at all."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from dbt_model_risk.metric_frame import METRIC_COLUMNS, metric_frame, metric_table


def test_an_empty_frame_keeps_its_types():
    frame = metric_frame(pd.DataFrame())
    assert frame.dtypes.astype(str).to_dict() == METRIC_COLUMNS


@pytest.mark.parametrize("rows", [{}, {"metric": ["psi"], "value": [0.1], "sample_size": [5], "status_reason": [None]}])
def test_text_without_a_value_is_text_in_duckdb_too(rows):
    """Of a column of Python objects that are all null, DuckDB makes integers."""
    relation = duckdb.connect().from_df(metric_frame(pd.DataFrame(rows)))
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    assert types["status_reason"] == types["variable"] == types["convention_id"] == "VARCHAR"
    assert relation.filter("status_reason is not null").fetchall() == []


def test_missing_columns_become_null():
    frame = metric_frame(pd.DataFrame({"metric": ["psi"], "value": [0.1], "sample_size": [5]}))
    assert frame.loc[0, "p_value"] is np.nan or np.isnan(frame.loc[0, "p_value"])
    assert frame["event_count"].isna().all()


@pytest.mark.parametrize(
    ("columns", "message"),
    [({"value": [np.inf]}, "'psi' is infinite"), ({"value": [np.nan]}, "'psi' has neither a value nor")],
)
def test_a_number_that_is_none_is_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        metric_frame(pd.DataFrame({"metric": ["psi"], "sample_size": [5]} | columns))


def test_the_table_holds_what_the_frame_holds_and_null_for_what_is_missing():
    rows = pd.DataFrame({"metric": ["psi", "ks"], "value": [0.1, np.nan], "sample_size": 1})
    table = metric_table(metric_frame(rows.assign(status_reason=[None, "no_data"])))
    assert table.column_names == list(METRIC_COLUMNS)
    assert table.select(["metric", "value", "status_reason", "event_count", "period_start"]).to_pylist() == [
        {"metric": "psi", "value": 0.1, "status_reason": None, "event_count": None, "period_start": None},
        {"metric": "ks", "value": None, "status_reason": "no_data", "event_count": None, "period_start": None},
    ]
