"""Market-risk days drawn at random."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def random_days():
    """Days of one portfolio with too many exceptions, some of them together, and null figures where asked for."""

    def draw(seed, *, count=60, null_share=0.0, portfolio="book"):
        rng = np.random.default_rng(seed)
        days = pd.DataFrame(
            {
                **{"model_id": "m", "model_version": "1", "portfolio_id": portfolio},
                "risk_date": pd.date_range("2023-11-01", periods=count, freq="B").as_unit("us"),
                "var_990": rng.uniform(0.5, 1.5, count),
                "pnl_actual": rng.normal(0, 1, count) * rng.choice([0.5, 2.0], count),
            }
        )
        days["var_975"] = days["var_990"] * 0.8
        days["pnl_hypothetical"] = days["pnl_actual"] + rng.normal(0, 0.2, count)
        figures = ["var_990", "var_975", "pnl_actual", "pnl_hypothetical"]
        days[figures] = days[figures].mask(rng.uniform(size=(count, len(figures))) < null_share)
        return days

    return draw


@pytest.fixture(scope="session")
def periods_of():
    """Periods of version 1 of model m, from (grain, first day, last day)."""

    def build(*periods):
        frame = pd.DataFrame(periods, columns=["period_grain", "period_start", "period_end"])
        frame[["period_start", "period_end"]] = frame[["period_start", "period_end"]].astype("datetime64[us]")
        return frame.assign(model_id="m", model_version="1", problem_type="market_risk")

    return build
