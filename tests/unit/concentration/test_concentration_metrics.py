"""Concentration per portfolio as metric rows."""

import numpy as np
import pandas as pd
import pytest

from dbt_model_risk.concentration.metrics import concentration_metrics


def book(*positions, portfolio="p"):
    columns = ["instrument_id", "issuer", "currency", "market_value"]
    return pd.DataFrame(positions, columns=columns).assign(model_id="m", model_version="1", portfolio_id=portfolio)


def measured(positions):
    rows = concentration_metrics(positions, as_of_date="2025-06-30")
    return rows.set_index(["metric", "variable"])


def test_positions_net_within_an_issuer_and_count_with_their_size():
    rows = measured(book(("a", "x", "USD", 5.0), ("b", "x", "USD", -2.0), ("c", "y", "USD", -3.0)))
    assert rows.loc[("concentration_hhi", "issuer"), "value"] == pytest.approx(0.5)
    assert rows.loc[("concentration_top_1_share", "instrument"), "value"] == pytest.approx(0.5)
    assert rows.loc[("concentration_hhi", "issuer"), "status_reason"] == "negative_positions"
    assert rows.loc[("concentration_hhi", "issuer"), "sample_size"] == 2


@pytest.mark.parametrize(
    ("positions", "reason"),
    [
        ([("a", "x", "USD", 5.0), ("b", "x", "EUR", 5.0)], "mixed_currency"),
        ([("a", None, "USD", 5.0)], "unknown_name"),
        ([("a", "x", "USD", np.nan)], "unknown_value"),
        ([("a", "x", "USD", 0.0)], "no_exposure"),
    ],
)
def test_what_cannot_be_measured_says_why(positions, reason):
    row = measured(book(*positions)).loc[("concentration_hhi", "issuer")]
    assert np.isnan(row["value"])
    assert row["status_reason"] == reason


def test_each_portfolio_in_any_order():
    positions = pd.concat(
        [book(("a", "x", "USD", 1.0), ("b", "y", "USD", 3.0)), book(("a", "x", "USD", 1.0), portfolio="q")]
    )
    rows = concentration_metrics(positions, as_of_date="2025-06-30")
    shuffled = concentration_metrics(positions.iloc[::-1], as_of_date="2025-06-30")
    pd.testing.assert_frame_equal(rows, shuffled)
    assert list(rows["segment_value"].unique()) == ["p", "q"]
    assert concentration_metrics(positions.iloc[:0], as_of_date="2025-06-30").empty
