"""Profit and loss of a book by its sensitivities: a few products of matrices, whatever the number of scenarios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dbt_model_risk.stress.scenario_moves import ScenarioMoves

__all__ = ["NO_VOLATILITY_FACTOR", "Book", "TaylorPnl", "book_of", "group_book", "taylor_by_factor", "taylor_total"]

NO_VOLATILITY_FACTOR = "(no volatility factor)"
SHIFT_TYPES = ("absolute", "relative")


@dataclass(frozen=True)
class Book:
    """Sensitivities of N positions (or portfolios) to F factors, per unit of move instead of per shift.

    rows
        One row per position: portfolio_id, instrument_id.
    delta, gamma
        Arrays of 2 x N x F, the first for absolute, the second for relative moves: P&L per unit, per unit squared.
    vega
        N x F, in the column of the volatility factor: P&L per vol point.
    """

    rows: pd.DataFrame
    delta: np.ndarray
    gamma: np.ndarray
    vega: np.ndarray

    @property
    def exposed(self) -> np.ndarray:
        """N x F: which factors can move a row's value."""
        return (self.delta != 0).any(axis=0) | (self.gamma != 0).any(axis=0) | (self.vega != 0)


@dataclass(frozen=True)
class TaylorPnl:
    """P&L of delta, gamma and vega, of one shape; what cannot be told is null in all three."""

    delta: np.ndarray
    gamma: np.ndarray
    vega: np.ndarray

    @property
    def total(self) -> np.ndarray:
        return self.delta + self.gamma + self.vega


def book_of(sensitivities: pd.DataFrame, factors: pd.DataFrame, factor_ids: list[str]) -> Book:
    """Return the sensitivities as matrices.

    Parameters
    ----------
    sensitivities
        portfolio_id, instrument_id, factor_id, delta, gamma, vega, shift_type, shift_size. Delta is the P&L of one
        shift, gamma the change of delta per shift, vega the P&L of one vol point of the factor's volatility factor.
        A null sensitivity is none. The order of rows does not matter.
    factors
        factor_id and volatility_factor_id.
    factor_ids
        The columns. A vega of a factor without volatility factor goes to ``(no volatility factor)``.

    Raises
    ------
    ValueError
        If a factor is unknown, or a shift has another type or no positive size.
    """
    key = ["portfolio_id", "instrument_id"]
    ordered = sensitivities.sort_values([*key, "factor_id"])
    unknown = sorted(set(ordered["factor_id"]) - set(factor_ids))
    if unknown:
        raise ValueError(f"factor {unknown[0]!r} of the sensitivities is not in factor_definitions")
    size = ordered["shift_size"].to_numpy(float)
    if not ((size > 0).all() and ordered["shift_type"].isin(SHIFT_TYPES).all()):
        raise ValueError(f"a sensitivity needs a shift_type of {SHIFT_TYPES} and a positive shift_size")
    rows = ordered[key].drop_duplicates().reset_index(drop=True)
    row = pd.MultiIndex.from_frame(rows).get_indexer(pd.MultiIndex.from_frame(ordered[key]))
    columns = pd.Index(factor_ids)
    column = columns.get_indexer(ordered["factor_id"])
    kind = (ordered["shift_type"] == "relative").to_numpy(int)
    shape = len(rows), len(factor_ids)
    delta, gamma, vega = np.zeros((2, *shape)), np.zeros((2, *shape)), np.zeros(shape)
    np.add.at(delta, (kind, row, column), ordered["delta"].fillna(0).to_numpy(float) / size)
    np.add.at(gamma, (kind, row, column), ordered["gamma"].fillna(0).to_numpy(float) / size**2)
    volatility = ordered["factor_id"].map(factors.set_index("factor_id")["volatility_factor_id"])
    amount = ordered["vega"].fillna(0).to_numpy(float)
    has_vega = amount != 0
    named = volatility.fillna(NO_VOLATILITY_FACTOR)[has_vega]
    np.add.at(vega, (row[has_vega], columns.get_indexer(named)), amount[has_vega])
    return Book(rows, delta, gamma, vega)


def group_book(book: Book, group: np.ndarray, rows: pd.DataFrame) -> Book:
    """Return the book of sums over positions: P&L is linear in the sensitivities."""

    def summed(part: np.ndarray) -> np.ndarray:
        out = np.zeros((len(rows), part.shape[1]))
        np.add.at(out, group, part)
        return out

    delta, gamma = (np.stack([summed(part) for part in parts]) for parts in (book.delta, book.gamma))
    return Book(rows, delta, gamma, summed(book.vega))


def taylor_by_factor(book: Book, moves: ScenarioMoves) -> TaylorPnl:
    """Return the P&L of each row, step and factor, N x S x F: delta n + gamma n^2 / 2, and vega per vol point."""
    kinds = [moves.moves.absolute, moves.moves.relative]
    parts = []
    for matrix, power in ((book.delta, 1), (book.gamma, 2)):
        out = np.zeros((len(book.rows), *kinds[0].shape))
        for sensitivity, move in zip(matrix, kinds, strict=True):
            touched = sensitivity[:, None, :]
            out += np.where(touched == 0, 0.0, touched * move**power / power)
        parts.append(out)
    touched = book.vega[:, None, :]
    delta, gamma = parts
    vega = np.where(touched == 0, 0.0, touched * kinds[0])
    # One of them null is all of them null: a sum of what is left would look like an answer.
    failed = np.isnan(delta) | np.isnan(gamma) | np.isnan(vega)
    for part in (delta, gamma, vega):
        part[failed] = np.nan
    return TaylorPnl(delta, gamma, vega)


def taylor_total(book: Book, moves: ScenarioMoves) -> TaylorPnl:
    """Return the P&L of each row and step over all factors, N x S, without a table of factors in between."""
    kinds = [moves.moves.absolute, moves.moves.relative]
    finite = [np.nan_to_num(move) for move in kinds]
    delta = sum(d @ move.T for d, move in zip(book.delta, finite, strict=True))
    gamma = sum(g @ (move.T**2) / 2 for g, move in zip(book.gamma, finite, strict=True))
    vega = book.vega @ finite[0].T
    needs = [(d != 0) | (g != 0) for d, g in zip(book.delta, book.gamma, strict=True)]
    needs[0] = needs[0] | (book.vega != 0)
    failed = sum(need.astype(float) @ np.isnan(move).T for need, move in zip(needs, kinds, strict=True)) > 0
    for part in (delta, gamma, vega):
        part[failed] = np.nan
    return TaylorPnl(delta, gamma, vega)
