"""Reverse stress of every book that has a target loss, as one table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dbt_model_risk.stress.factor_covariance import daily_moves, shrunk_covariance
from dbt_model_risk.stress.reverse_stress import plausibility, quadratic_nearest_loss
from dbt_model_risk.stress.shifts import ABSOLUTE_QUOTES
from dbt_model_risk.stress.stress_pnl import latest_books, shaped, with_current_values
from dbt_model_risk.stress.taylor import Book, book_of, group_book

__all__ = ["REVERSE_COLUMNS", "reverse_stress"]

REVERSE_COLUMNS: dict[str, str] = {
    "sandbox_id": "string",
    "portfolio_id": "string",
    "risk_date": "datetime64[us]",
    "target_loss": "float64",
    "horizon_days": "Int64",
    "minimum_distance": "float64",
    "distance": "float64",
    "plausibility": "float64",
    "method_used": "string",
    "window_days": "Int64",
    "shrinkage": "float64",
    "factor_count": "Int64",
    "factor_id": "string",
    "move": "float64",
    "move_type": "string",
    "move_in_deviations": "float64",
    "pnl": "float64",
    "loss_share": "float64",
    "contribution_rank": "Int64",
    "status_reason": "string",
}


def reverse_stress(
    targets: pd.DataFrame,
    sensitivities: pd.DataFrame,
    factors: pd.DataFrame,
    factor_values: pd.DataFrame,
    *,
    window: int = 500,
    minimum_days: int = 60,
) -> pd.DataFrame:
    """Return the most plausible scenario in which each book loses its target, one row per factor of the book.

    Parameters
    ----------
    targets
        sandbox_id, portfolio_id, target_loss, horizon_days, minimum_distance; one row per portfolio.
    sensitivities, factors, factor_values
        As `stress_pnl` takes them.
    window, minimum_days
        Daily moves that the covariance is made of, at most and at least. It grows with the horizon.

    Returns
    -------
    pandas.DataFrame
        REVERSE_COLUMNS. A book without answer has one row without factor, with the reason: no_sensitivities,
        no_factor_history, no_factor_value or loss_not_reachable. Beside an answer, vega_without_history says that a
        volatility without history was held still, and below_floor that a factor falls further than it can.
    """
    books = {key: rows for key, rows in latest_books(sensitivities).groupby(["sandbox_id", "portfolio_id"])}
    tables = []
    for target in targets.sort_values(["sandbox_id", "portfolio_id"]).to_dict("records"):
        rows = books.get((target["sandbox_id"], target["portfolio_id"]))
        if rows is None:
            answer = pd.DataFrame({"status_reason": ["no_sensitivities"]})
        else:
            answer = nearest_of_book(target, rows, factors, factor_values, window, minimum_days)
        tables.append(answer.assign(**target))
    return shaped(tables, REVERSE_COLUMNS)


def nearest_of_book(
    target: dict, rows: pd.DataFrame, factors: pd.DataFrame, values: pd.DataFrame, window: int, minimum_days: int
) -> pd.DataFrame:
    """Return the rows of one book: its factors in the nearest scenario, or the reason why there is none."""
    risk_date = rows["risk_date"].iloc[0]
    valued = with_current_values(factors, values, risk_date)
    whole = rows[["portfolio_id"]].drop_duplicates()
    book = book_of(rows, valued, list(valued["factor_id"]))
    book = group_book(book, np.zeros(len(book.rows), int), whole)
    matters = book.exposed[0]
    has_history = valued["factor_id"].isin(values.loc[values["factor_value"].notna(), "factor_id"]).to_numpy()
    held_still = matters & ~has_history & (book.vega[0] != 0)
    named = ((book.delta != 0) | (book.gamma != 0)).any(axis=(0, 1))
    used = matters & has_history
    own = valued[used].reset_index(drop=True)
    moves = daily_moves(values, own, until=risk_date, window=window)
    common = {"risk_date": risk_date, "factor_count": int(used.sum()), "window_days": len(moves)}
    if (named & ~has_history).any() or len(moves) < minimum_days:
        return pd.DataFrame({"status_reason": ["no_factor_history"], **common})
    by_difference = own["quote"].isin(ABSOLUTE_QUOTES).to_numpy()
    delta, gamma = per_move(book, used, by_difference, own["current_value"].to_numpy(float))
    if not (np.isfinite(delta).all() and np.isfinite(gamma).all()):
        return pd.DataFrame({"status_reason": ["no_factor_value"], **common})
    covariance = shrunk_covariance(moves.to_numpy())
    matrix = covariance.matrix * target["horizon_days"]
    found = quadratic_nearest_loss(delta, gamma, matrix, target["target_loss"])
    common |= {"shrinkage": covariance.shrinkage, "method_used": "delta_gamma" if gamma.any() else "linear"}
    if found.reason is not None:
        return pd.DataFrame({"status_reason": [found.reason], **common})
    pnl = delta * found.moves + 0.5 * gamma * found.moves**2
    lowest = own["floor_value"].to_numpy(float)
    current = own["current_value"].to_numpy(float)
    reached = np.where(by_difference, current + found.moves, current * (1.0 + found.moves))
    below = (reached < lowest).any()
    caveat = "below_floor" if below else "vega_without_history" if held_still.any() else None
    deviation = np.sqrt(np.diag(matrix))
    table = pd.DataFrame(
        {
            "distance": found.distance,
            "plausibility": float(plausibility(found.distance, len(own))),
            "factor_id": own["factor_id"],
            "move": found.moves,
            "move_type": np.where(by_difference, "absolute", "relative"),
            "move_in_deviations": np.divide(found.moves, deviation, out=np.zeros_like(deviation), where=deviation > 0),
            "pnl": pnl,
            "loss_share": -pnl / target["target_loss"],
            "status_reason": caveat,
            **common,
        }
    )
    table = table.sort_values(["pnl", "factor_id"], kind="stable").reset_index(drop=True)
    return table.assign(contribution_rank=table.index + 1)


def per_move(
    book: Book, used: np.ndarray, by_difference: np.ndarray, current: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return delta and gamma of one book per unit of each factor's own kind of move, null where no value tells."""
    (absolute, relative), (absolute_2, relative_2) = book.delta[:, 0, used], book.gamma[:, 0, used]
    positive = np.where(current > 0, current, np.nan)
    # A sensitivity to relative moves of a rate is one to differences, divided by its value; and the reverse.
    unit = np.where(by_difference, 1.0 / positive, positive)
    own = np.where(by_difference, absolute + book.vega[0, used], relative)
    own_2 = np.where(by_difference, absolute_2, relative_2)
    other, other_2 = np.where(by_difference, relative, absolute), np.where(by_difference, relative_2, absolute_2)
    delta = own + np.where(other == 0, 0.0, other * unit)
    return delta, own_2 + np.where(other_2 == 0, 0.0, other_2 * unit**2)
