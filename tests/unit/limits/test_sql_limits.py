"""The SQL of limits: what holds for any exposures."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

DAY = date(2025, 3, 3)
LIMIT = {
    **{"limit_id": "l", "sandbox_id": "s", "model_id": "m", "portfolio_id": "p", "measure": "var_990", "unit": "USD"},
    **{"warning_share": 0.8, "acknowledge_days": 2, "effective_from": date(2020, 1, 1)},
    "recorded_at": datetime(2020, 1, 1),
}
BUFFERS = {
    **{"model_id": ["m"], "model_version": ["1"], "portfolio_id": ["p"], "risk_date": [DAY]},
    "model_risk_buffer": [4 / 3],
}


@pytest.fixture(scope="module")
def utilisation(evaluate, seed_rows):
    """Runs met_limit_utilisation for one limit on the exposures of consecutive days."""

    def run(exposures, *, hard_limit, lower_limit=None):
        days = pd.DataFrame(
            {
                **{"model_id": "m", "model_version": "1", "portfolio_id": "p", "measure": "var_990"},
                "measure_detail": pd.Series([None] * len(exposures), dtype="string"),
                "risk_date": [DAY + timedelta(number) for number in range(len(exposures))],
                "exposure": pd.Series(exposures, dtype="float64"),
                "prior_positions_exposure": pd.Series([None] * len(exposures), dtype="float64"),
                "known_date": DAY,
            }
        )
        return evaluate(
            "met_limit_utilisation",
            {
                "registers.limits": seed_rows(
                    "limits", [LIMIT | {"hard_limit": hard_limit, "lower_limit": lower_limit}]
                ),
                "registers.temporary_limits": seed_rows("temporary_limits", []),
                "metrics.met_limit_exposures": days,
                "metrics.met_model_risk_buffers": pd.DataFrame(BUFFERS),
            },
        ).sort_values("risk_date", ignore_index=True)

    return run


AMOUNT = st.floats(-1e9, 1e9).map(lambda number: round(number, 2))


@settings(max_examples=15, deadline=None)
@given(
    exposures=st.lists(st.none() | AMOUNT, min_size=1, max_size=6),
    limit=st.floats(1, 1e9),
)
def test_a_two_sided_limit_treats_both_sides_alike(utilisation, exposures, limit):
    """Turning every position around turns the side around, and nothing else."""
    turned = [None if exposure is None else -exposure for exposure in exposures]
    given_, mirrored = (utilisation(rows, hard_limit=limit, lower_limit=-limit) for rows in (exposures, turned))
    for column in ("utilisation", "headroom", "is_breach", "rag_status", "status_reason"):
        pd.testing.assert_series_equal(given_[column], mirrored[column])
    known = given_[given_["exposure"].notna()]
    assert (known["is_breach"] == (known["exposure"].abs() > limit)).all()
    assert ((known["headroom"] < 0) == known["is_breach"]).all()
    assert set(given_.loc[given_["exposure"].isna(), "rag_status"]) <= {"grey"}


@settings(max_examples=15, deadline=None)
@given(
    exposure=st.none() | AMOUNT, hard=st.none() | st.sampled_from([0.0, -5.0, 100.0]), lower=st.none() | st.just(0.0)
)
def test_what_cannot_be_measured_is_grey_with_a_reason(utilisation, exposure, hard, lower):
    row = utilisation([exposure], hard_limit=hard, lower_limit=lower).iloc[0]
    is_grey = row["rag_status"] == "grey"
    assert is_grey == pd.isna(row["utilisation"]) == isinstance(row["status_reason"], str)
    if exposure is None or (exposure >= 0 and not (hard or 0) > 0):
        assert is_grey


def test_the_buffer_scales_the_use_and_a_day_without_backtest_has_none(utilisation):
    rows = utilisation([90, 90], hard_limit=100)
    assert rows.loc[0, "buffered_utilisation"] == pytest.approx(1.2)
    assert pd.isna(rows.loc[1, "buffered_utilisation"])
    assert rows["utilisation"].tolist() == [0.9, 0.9]
