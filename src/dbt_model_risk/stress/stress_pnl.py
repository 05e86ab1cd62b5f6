"""Stress P&L as one table: by portfolio and factor class at every step, by factor and position at the worst."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dbt_model_risk.stress.revaluation import full_pnl
from dbt_model_risk.stress.scenario_moves import STEP_KEY, ScenarioMoves, scenario_moves
from dbt_model_risk.stress.taylor import (
    NO_VOLATILITY_FACTOR,
    Book,
    TaylorPnl,
    book_of,
    group_book,
    taylor_by_factor,
    taylor_total,
)

__all__ = ["PNL_COLUMNS", "PROXY_COLUMNS", "latest_books", "shaped", "stress_pnl", "with_current_values"]

PNL_COLUMNS: dict[str, str] = {
    "breakdown": "string",
    "breakdown_value": "string",
    "scenario_id": "string",
    "scenario_version": "string",
    "step": "int64",
    "portfolio_id": "string",
    "risk_date": "datetime64[us]",
    "pnl": "float64",
    "pnl_delta": "float64",
    "pnl_gamma": "float64",
    "pnl_vega": "float64",
    "pnl_full": "float64",
    "taylor_error": "float64",
    "method_used": "string",
    "contribution_rank": "Int64",
    "proxy_count": "Int64",
    "unshocked_count": "Int64",
    "position_count": "Int64",
    "is_worst_step": "bool",
    "status_reason": "string",
    "sandbox_id": "string",
}
PROXY_COLUMNS: dict[str, str] = {
    "scenario_id": "string",
    "scenario_version": "string",
    "step": "int64",
    "risk_date": "datetime64[us]",
    "factor_id": "string",
    "proxy_factor_id": "string",
    "beta": "float64",
    "proxy_move": "float64",
    "move_type": "string",
    "move": "float64",
    "sandbox_id": "string",
}
FULL, TAYLOR, MIXED = "full_revaluation", "taylor", "mixed"
# The first that applies is the reason of a missing value.
REASONS = ("missing_factor", "non_positive_base", "no_factor_value")


def stress_pnl(
    sensitivities: pd.DataFrame,
    shocks: pd.DataFrame,
    scenarios: pd.DataFrame,
    factors: pd.DataFrame,
    proxies: pd.DataFrame,
    *,
    factor_values: pd.DataFrame,
    scenario_values: pd.DataFrame,
    positions: pd.DataFrame,
    top: int = 10,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the stress P&L of every portfolio's latest book, and the proxies that were needed.

    Parameters
    ----------
    sensitivities
        As `book_of` takes them, with sandbox_id and risk_date; the latest day of each portfolio counts.
    shocks, scenarios, proxies
        As `scenario_moves` takes them; proxies with the sandbox_id whose books they serve.
    factors
        factor_id, factor_class, quote, volatility_factor_id, floor_value.
    factor_values
        risk_date, factor_id, factor_value; a factor's value today is the last one up to the day of the book.
    scenario_values
        Full revaluations: risk_date, portfolio_id, instrument_id, scenario_id, step, base_value, scenario_value; used
        where they are of the book's day.
    positions
        risk_date, portfolio_id, instrument_id: a position of the book's day without sensitivities and without full
        revaluation is a caveat of its portfolio.
    top
        Positions kept per portfolio and scenario, largest loss first.

    Returns
    -------
    tuple of pandas.DataFrame
        PNL_COLUMNS: P&L in the sensitivities' currency, gains positive, at its sum of delta, gamma and vega plus
        taylor_error (full revaluation less Taylor, of the positions revalued); null with a reason where it cannot be
        told. And PROXY_COLUMNS, only of factors that a book depends on.

    Raises
    ------
    ValueError
        If a shock, proxy or sensitivity names a factor unknown to ``factors``.
    """
    latest = latest_books(sensitivities)
    # The shocks are checked also when no book needs them.
    scenario_moves(shocks, scenarios, factors.assign(current_value=np.nan), proxies.iloc[:0])
    tables, uses = [], []
    for (sandbox_id, risk_date), book_rows in latest.groupby(["sandbox_id", "risk_date"]):
        valued = with_current_values(factors, factor_values, risk_date)
        moves = scenario_moves(shocks, scenarios, valued, proxies[proxies["sandbox_id"] == sandbox_id])
        book = book_of(book_rows, valued, moves.factor_ids)
        of_day = [frame[frame["risk_date"] == risk_date] for frame in (scenario_values, positions)]
        table, needed = pnl_of_book(book, moves, valued, *of_day, top=top)
        day = {"sandbox_id": sandbox_id, "risk_date": risk_date}
        tables.append(table.assign(**day))
        uses.append(moves.proxy_uses[moves.proxy_uses["factor_id"].isin(needed)].assign(**day))
    return shaped(tables, PNL_COLUMNS), shaped(uses, PROXY_COLUMNS)


def latest_books(sensitivities: pd.DataFrame) -> pd.DataFrame:
    """Return the sensitivities of each portfolio's latest day."""
    last = sensitivities.groupby(["sandbox_id", "portfolio_id"])["risk_date"].transform("max")
    return sensitivities[sensitivities["risk_date"] == last]


def shaped(tables: list[pd.DataFrame], columns: dict[str, str]) -> pd.DataFrame:
    """Return the tables below one another with the columns and types of the contract."""
    frame = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return frame.reindex(columns=list(columns)).astype(columns)


def with_current_values(factors: pd.DataFrame, values: pd.DataFrame, risk_date: object) -> pd.DataFrame:
    """Return the factors with their value of the day, and a column for vegas that no factor drives."""
    known = values[(values["risk_date"] <= risk_date) & values["factor_value"].notna()].sort_values("risk_date")
    current = known.groupby("factor_id")["factor_value"].last()
    nowhere = pd.DataFrame({"factor_id": [NO_VOLATILITY_FACTOR], "factor_class": "volatility", "quote": "points"})
    listed = pd.concat([factors, nowhere], ignore_index=True) if len(factors) else nowhere
    listed = listed.sort_values("factor_id").reset_index(drop=True)
    floor = listed["floor_value"].astype(float) if "floor_value" in listed else np.nan
    return listed.assign(current_value=listed["factor_id"].map(current).astype(float), floor_value=floor)


def pnl_of_book(
    book: Book,
    moves: ScenarioMoves,
    factors: pd.DataFrame,
    values: pd.DataFrame,
    positions: pd.DataFrame,
    *,
    top: int,
) -> tuple[pd.DataFrame, set[str]]:
    """Return the table of the books of one day, and the factors they depend on."""
    rows, keys = book.rows, ["portfolio_id", "instrument_id"]
    only_values = values[keys].drop_duplicates().merge(rows, how="left", on=keys, indicator="found")
    added = only_values.loc[only_values["found"] == "left_only", keys].sort_values(keys)
    book = with_rows(book, added[added["portfolio_id"].isin(rows["portfolio_id"])])
    portfolios = book.rows[["portfolio_id"]].drop_duplicates().sort_values("portfolio_id").reset_index(drop=True)
    group = pd.Index(portfolios["portfolio_id"]).get_indexer(book.rows["portfolio_id"])

    by_position = taylor_total(book, moves)
    grouped = group_book(book, group, portfolios)
    by_factor = taylor_by_factor(grouped, moves)
    full = full_pnl(values, book.rows, moves.steps)
    total = totals(by_position, full, group, len(portfolios))
    worst = worst_steps(total["pnl"], moves.steps)
    needed = [name for name, hit in zip(moves.factor_ids, grouped.exposed.any(axis=0), strict=True) if hit]

    caveat = uncovered(positions, book.rows, portfolios)
    parts = [
        portfolio_rows(total, grouped, moves, portfolios, worst, caveat),
        class_rows(by_factor, grouped, moves, factors, portfolios, worst),
        factor_rows(by_factor, grouped, moves, portfolios, worst),
        instrument_rows(by_position, full, book, moves, portfolios, group, worst, top),
    ]
    filled = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(filled, ignore_index=True), set(needed)


def with_rows(book: Book, added: pd.DataFrame) -> Book:
    """Return the book with positions that have scenario values but no sensitivities."""
    if added.empty:
        return book
    count = len(added)
    rows = pd.concat([book.rows, added], ignore_index=True)
    delta, gamma = (np.pad(part, ((0, 0), (0, count), (0, 0))) for part in (book.delta, book.gamma))
    return Book(rows, delta, gamma, np.pad(book.vega, ((0, count), (0, 0))))


def totals(taylor: TaylorPnl, full: np.ndarray, group: np.ndarray, count: int) -> dict[str, np.ndarray]:
    """Return portfolios' P&L, K x S: full revaluation of the positions that have it, Taylor for the others."""

    def summed(part: np.ndarray) -> np.ndarray:
        out = np.zeros((count, part.shape[1]))
        np.add.at(out, group, part)
        return out

    revalued = np.isfinite(full)
    size, found = summed(np.ones_like(full)), summed(revalued.astype(float))
    complete = found == size
    error = summed(np.where(revalued, full - taylor.total, 0.0))
    sums = {f"pnl_{part}": summed(getattr(taylor, part)) for part in ("delta", "gamma", "vega")}
    pnl_full = np.where(complete, summed(np.nan_to_num(full)), np.nan)
    mixed = summed(np.where(revalued, full, taylor.total))
    method = np.where(complete, FULL, np.where(found > 0, MIXED, TAYLOR)).astype(object)
    method[np.isnan(mixed)] = None
    return {
        "pnl": mixed,
        **sums,
        "pnl_full": pnl_full,
        "taylor_error": np.where(found > 0, error, np.nan),
        "method_used": method,
        "position_count": size,
    }


def worst_steps(pnl: np.ndarray, steps: pd.DataFrame) -> np.ndarray:
    """Return K x S flags: the step with the lowest P&L of each scenario, the first of equals; none if all is null."""
    flags = np.zeros(pnl.shape, bool)
    for _, columns in steps.groupby(STEP_KEY[:2]).indices.items():
        part = np.where(np.isnan(pnl[:, columns]), np.inf, pnl[:, columns])
        found = np.flatnonzero(np.isfinite(part).any(axis=1))
        flags[found, columns[part.argmin(axis=1)[found]]] = True
    return flags


def reasons(exposed: np.ndarray, moves: ScenarioMoves) -> np.ndarray:
    """Return why a row's P&L is null or what it is to be taken with, N x S: None where there is nothing to say."""
    touched = exposed.astype(float)
    out = np.full((len(exposed), len(moves.steps)), None, dtype=object)
    out[touched @ moves.moves.floored.T > 0] = "floored"
    for reason in reversed(REASONS):
        out[touched @ (moves.moves.reason == reason).T > 0] = reason
    return out


def long_frame(names: pd.Series, moves: ScenarioMoves, **columns: np.ndarray) -> pd.DataFrame:
    """Return one row per name and step from arrays of N x S."""
    steps = moves.steps[STEP_KEY].iloc[np.tile(np.arange(len(moves.steps)), len(names))].reset_index(drop=True)
    steps = steps.assign(name=np.repeat(names.to_numpy(object), len(moves.steps)))
    return steps.assign(**{key: np.asarray(part).ravel() for key, part in columns.items()})


def counts(exposed: np.ndarray, moves: ScenarioMoves) -> dict[str, np.ndarray]:
    """Return how many of the factors a row depends on are moved by a proxy, and by nothing."""
    touched = exposed.astype(int)
    return {
        "proxy_count": touched @ moves.is_proxied.T.astype(int),
        "unshocked_count": touched @ moves.is_unshocked.T.astype(int),
    }


def portfolio_rows(
    total: dict[str, np.ndarray],
    grouped: Book,
    moves: ScenarioMoves,
    portfolios: pd.DataFrame,
    worst: np.ndarray,
    caveat: np.ndarray,
) -> pd.DataFrame:
    """Return one row per portfolio and step."""
    reason = reasons(grouped.exposed, moves)
    # Full revaluation of every position needs no factor.
    told = np.isfinite(total["pnl"])
    reason[told & np.isin(reason, REASONS)] = None
    reason = np.where(told & (reason == None) & caveat[:, None], "positions_without_sensitivities", reason)  # noqa: E711
    frame = long_frame(
        portfolios["portfolio_id"],
        moves,
        **total,
        **counts(grouped.exposed, moves),
        is_worst_step=worst,
        status_reason=reason,
    )
    return frame.rename(columns={"name": "portfolio_id"}).assign(breakdown="portfolio", breakdown_value="all")


def class_rows(
    by_factor: TaylorPnl,
    grouped: Book,
    moves: ScenarioMoves,
    factors: pd.DataFrame,
    portfolios: pd.DataFrame,
    worst: np.ndarray,
) -> pd.DataFrame:
    """Return one row per portfolio, factor class it depends on, and step."""
    classes = factors.set_index("factor_id")["factor_class"].reindex(moves.factor_ids).to_numpy(object)
    frames = []
    for name in sorted(set(classes)):
        inside = classes == name
        exposed = grouped.exposed & inside
        kept = exposed.any(axis=1)
        parts = {part: getattr(by_factor, part)[kept][:, :, inside].sum(axis=2) for part in ("delta", "gamma", "vega")}
        frame = long_frame(
            portfolios.loc[kept, "portfolio_id"],
            moves,
            pnl=sum(parts.values()),
            **{f"pnl_{part}": values for part, values in parts.items()},
            **counts(exposed[kept], moves),
            is_worst_step=worst[kept],
            status_reason=reasons(exposed[kept], moves),
        )
        frames.append(frame.assign(breakdown_value=name))
    frame = pd.concat(frames, ignore_index=True).rename(columns={"name": "portfolio_id"})
    frame["method_used"] = np.where(frame["pnl"].notna(), TAYLOR, None)
    return frame.assign(breakdown="factor_class", contribution_rank=ranks(frame))


def factor_rows(
    by_factor: TaylorPnl, grouped: Book, moves: ScenarioMoves, portfolios: pd.DataFrame, worst: np.ndarray
) -> pd.DataFrame:
    """Return one row per portfolio and factor it depends on, at the worst step of each scenario."""
    who, when, what = np.nonzero(worst[:, :, None] & grouped.exposed[:, None, :])
    frame = picked(moves, when, by_factor, (who, when, what))
    frame["breakdown_value"] = np.array(moves.factor_ids, object)[what]
    frame["portfolio_id"] = portfolios["portfolio_id"].to_numpy(object)[who]
    frame["proxy_count"] = moves.is_proxied[when, what].astype(int)
    frame["unshocked_count"] = moves.is_unshocked[when, what].astype(int)
    flagged = np.where(moves.moves.floored[when, what], "floored", None)
    reason = moves.moves.reason[when, what]
    frame["status_reason"] = np.where(pd.isna(reason), flagged, reason)
    frame["method_used"] = np.where(frame["pnl"].notna(), TAYLOR, None)
    return frame.assign(breakdown="factor", is_worst_step=True, contribution_rank=ranks(frame))


def instrument_rows(
    taylor: TaylorPnl,
    full: np.ndarray,
    book: Book,
    moves: ScenarioMoves,
    portfolios: pd.DataFrame,
    group: np.ndarray,
    worst: np.ndarray,
    top: int,
) -> pd.DataFrame:
    """Return the positions that lose most at the worst step of each scenario."""
    who, when = np.nonzero(worst[group])
    frame = picked(moves, when, taylor, (who, when))
    frame["breakdown_value"] = book.rows["instrument_id"].to_numpy(object)[who]
    frame["portfolio_id"] = portfolios["portfolio_id"].to_numpy(object)[group[who]]
    value = full[who, when]
    told = np.isfinite(value)
    frame = frame.assign(pnl_full=value, taylor_error=value - frame["pnl"])
    frame["pnl"] = frame["pnl"].where(~told, value)
    frame["contribution_rank"] = ranks(frame)
    kept = (frame["contribution_rank"] <= top).to_numpy()
    frame, who, when, told = frame[kept].reset_index(drop=True), who[kept], when[kept], told[kept]
    frame["method_used"] = np.where(frame["pnl"].isna(), None, np.where(told, FULL, TAYLOR))
    exposed = book.exposed[who]
    frame["proxy_count"] = (exposed & moves.is_proxied[when]).sum(axis=1)
    frame["unshocked_count"] = (exposed & moves.is_unshocked[when]).sum(axis=1)
    reason = np.full(len(frame), None, dtype=object)
    reason[(exposed & moves.moves.floored[when]).any(axis=1)] = "floored"
    for name in reversed(REASONS):
        hit = (exposed & (moves.moves.reason[when] == name)).any(axis=1) & ~told
        reason[hit] = name
    return frame.assign(breakdown="instrument", is_worst_step=True, position_count=1, status_reason=reason)


def picked(moves: ScenarioMoves, when: np.ndarray, taylor: TaylorPnl, cell: tuple) -> pd.DataFrame:
    """Return the P&L of chosen cells with their scenario and step."""
    frame = moves.steps[STEP_KEY].iloc[when].reset_index(drop=True)
    parts = {f"pnl_{part}": getattr(taylor, part)[cell] for part in ("delta", "gamma", "vega")}
    return frame.assign(pnl=sum(parts.values()), **parts)


def ranks(frame: pd.DataFrame) -> pd.Series:
    """Return the rank of each row within its portfolio and step, the largest loss first, equals by name."""
    ordered = frame.sort_values(["pnl", "breakdown_value"], na_position="last", kind="stable")
    return ordered.groupby(["portfolio_id", *STEP_KEY]).cumcount().add(1).reindex(frame.index)


def uncovered(positions: pd.DataFrame, rows: pd.DataFrame, portfolios: pd.DataFrame) -> np.ndarray:
    """Return which portfolios hold a position that neither sensitivities nor scenario values cover."""
    keys = ["portfolio_id", "instrument_id"]
    whole = set(rows.loc[rows["instrument_id"] == "(portfolio)", "portfolio_id"])
    held = positions.loc[~positions["portfolio_id"].isin(whole), keys].drop_duplicates()
    joined = held.merge(rows[keys], how="left", on=keys, indicator="found")
    missing = set(joined.loc[joined["found"] == "left_only", "portfolio_id"])
    return portfolios["portfolio_id"].isin(missing).to_numpy()
