"""The table of stressed credit books."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from dbt_model_risk.credit_stress.drivers import driver_of_path
from dbt_model_risk.credit_stress.satellite import stressed_loss_rate, stressed_probability

__all__ = ["CREDIT_STRESS", "credit_stress", "credit_stress_table"]

NORMAL_95 = 1.959963984540054
# An expected loss below a billionth of a currency unit is none: nothing is a multiple of it.
SMALLEST_LOSS = 1e-9
CREDIT_STRESS = pa.schema(
    [
        *((name, pa.string()) for name in ("book_id", "sandbox_id", "portfolio_id", "model_id", "satellite_id")),
        *((name, pa.string()) for name in ("driver_factor_id", "scenario_id", "scenario_version", "currency")),
        ("book_date", pa.timestamp("us")),
        *((name, pa.float64()) for name in ("exposure_amount", "driver_scenario", "driver_shift")),
        *((name, pa.float64()) for name in ("pd_base", "pd_stressed", "lgd_base", "lgd_stressed")),
        *((name, pa.float64()) for name in ("expected_loss_base", "expected_loss_stressed")),
        *((name, pa.float64()) for name in ("stressed_ci_low", "stressed_ci_high", "stress_multiplier")),
        ("status_reason", pa.string()),
    ]
)
SCENARIO = ["scenario_id", "scenario_version"]


def credit_stress_table(books: pd.DataFrame, satellites: pd.DataFrame, shocks: pd.DataFrame) -> pa.Table:
    """Return credit_stress as a warehouse takes it in; what is missing is null."""
    return pa.Table.from_pandas(credit_stress(books, satellites, shocks), schema=CREDIT_STRESS, preserve_index=False)


def credit_stress(books: pd.DataFrame, satellites: pd.DataFrame, shocks: pd.DataFrame) -> pd.DataFrame:
    """Return every book under every scenario that moves its satellite's driver.

    The interval is that of the coefficient: 1.96 standard errors to either side of it, the driver and the LGD given.

    Parameters
    ----------
    books
        Rows of credit_books: exposure, PD and LGD of a book before stress.
    satellites
        Rows of satellite_models, one per satellite_id.
    shocks
        Rows of met_scenario_shocks.

    Returns
    -------
    pandas.DataFrame
        Columns of CREDIT_STRESS. Without a driver (no_driver), a satellite (no_satellite), a PD, LGD or exposure
        (incomplete_book) the stressed figures are null with the reason; without a loss before stress the multiplier
        is (no_base_loss).
    """
    known = satellites.drop(columns=["sandbox_id", "model_id", "source", "approved_by", "recorded_at"], errors="ignore")
    rows = books.merge(known, on="satellite_id", how="left").merge(
        scenario_drivers(satellites, shocks), on="satellite_id", how="left"
    )
    shift = rows["driver_scenario"].to_numpy(float) - rows["reference_driver"].to_numpy(float)
    pd_base, lgd_base, exposure = (rows[name].to_numpy(float) for name in ("pd", "lgd", "exposure_amount"))
    slope, error = rows["coefficient"].to_numpy(float), rows["std_error"].to_numpy(float)
    lgd_stressed = stressed_loss_rate(lgd_base, coefficient=rows["lgd_coefficient"].to_numpy(float), driver_shift=shift)
    # Of each row the stressed PD at the coefficient and at both ends of its interval.
    slopes = slope + np.array([[0.0], [-NORMAL_95], [NORMAL_95]]) * error
    stressed = stressed_probability(pd_base, coefficient=slopes, driver_shift=shift)
    losses = exposure * lgd_stressed * stressed
    base = exposure * pd_base * lgd_base
    reasons = [
        rows["coefficient"].isna(),
        np.isnan(pd_base) | np.isnan(lgd_base) | np.isnan(exposure),
        rows["driver_scenario"].isna(),
        base < SMALLEST_LOSS,
    ]
    names = ["no_satellite", "incomplete_book", rows["driver_reason"].fillna("no_driver"), "no_base_loss"]
    return (
        rows.assign(
            driver_shift=shift,
            pd_base=pd_base,
            pd_stressed=stressed[0],
            lgd_base=lgd_base,
            lgd_stressed=lgd_stressed,
            expected_loss_base=base,
            expected_loss_stressed=losses[0],
            stressed_ci_low=losses.min(axis=0),
            stressed_ci_high=losses.max(axis=0),
            stress_multiplier=np.divide(losses[0], base, out=np.full(len(rows), np.nan), where=base >= SMALLEST_LOSS),
            status_reason=np.select(reasons, names, default=None),
            book_date=pd.to_datetime(rows["book_date"]),
        )
        .sort_values(["book_id", *SCENARIO])
        .reset_index(drop=True)[CREDIT_STRESS.names]
    )


def scenario_drivers(satellites: pd.DataFrame, shocks: pd.DataFrame) -> pd.DataFrame:
    """Return the driver of every satellite in every scenario that moves it; null with a reason where it has none."""
    rows = []
    for satellite in satellites.itertuples():
        moved = shocks.loc[shocks["factor_id"] == satellite.driver_factor_id].sort_values("step")
        for (scenario_id, version), path in moved.groupby(SCENARIO, sort=True):
            driver, reason = None, None
            try:
                driver = driver_of_path(
                    path_changes(path), transform=satellite.driver_transform, quarters=int(satellite.quarters)
                )
            except ValueError as error:
                reason = f"no_driver: {error}"
            rows.append((satellite.satellite_id, scenario_id, version, driver, reason))
    columns = ["satellite_id", *SCENARIO, "driver_scenario", "driver_reason"]
    return pd.DataFrame(rows, columns=columns).astype({"driver_scenario": float})


def path_changes(path: pd.DataFrame) -> np.ndarray:
    """Return the changes from step 0 of one factor's path, in its own unit.

    Raises
    ------
    ValueError
        If levels have no step 0, or a move is relative: a satellite's driver is a level or a difference.
    """
    kinds = set(path["shock_type"])
    values = path["shock_value"].to_numpy(float)
    steps = path["step"].to_numpy(int)
    if kinds == {"absolute"}:
        return values[steps > 0]
    if kinds != {"level"}:
        raise ValueError(f"a driver cannot be read off shocks that are {' and '.join(sorted(kinds))}")
    if 0 not in steps:
        raise ValueError("a path of levels has no step 0")
    return values[steps > 0] - values[steps == 0][0]
