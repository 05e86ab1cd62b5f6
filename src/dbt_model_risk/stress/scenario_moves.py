"""Every factor's move at every step of every scenario, with proxies where a scenario is silent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dbt_model_risk.stress.shifts import ABSOLUTE_QUOTES, Moves, factor_moves

__all__ = ["STEP_KEY", "ScenarioMoves", "scenario_moves"]

STEP_KEY = ["scenario_id", "scenario_version", "step"]
PROXY_COLUMNS = ["proxy_factor_id", "beta", "proxy_move", "move_type", "move"]


@dataclass(frozen=True)
class ScenarioMoves:
    """Moves of all factors at all steps.

    steps
        One row per scenario, version and step, in this order; S of them.
    factor_ids
        The F factors, in alphabetical order.
    moves
        Arrays of S x F; 0 where a factor does not move.
    is_proxied, is_unshocked
        Flags of S x F: moved by a proxy; moved by nothing, which the scenario allows.
    proxy_uses
        One row per step and factor moved by a proxy: STEP_KEY, factor_id, proxy_factor_id, beta, proxy_move,
        move_type and move.
    """

    steps: pd.DataFrame
    factor_ids: list[str]
    moves: Moves
    is_proxied: np.ndarray
    is_unshocked: np.ndarray
    proxy_uses: pd.DataFrame


def scenario_moves(
    shocks: pd.DataFrame, scenarios: pd.DataFrame, factors: pd.DataFrame, proxies: pd.DataFrame
) -> ScenarioMoves:
    """Return what each scenario does to each factor.

    Parameters
    ----------
    shocks
        scenario_id, scenario_version, step, factor_id, shock_type, shock_value, base_value. Step 0 of levels is where
        a path starts, not a step of it. Where base_value is null, a level is compared with step 0, else with today.
    scenarios
        scenario_id, scenario_version, unshocked: ``unchanged`` lets factors without shock and proxy stay where they
        are, ``required`` gives them no move and the reason missing_factor.
    factors
        factor_id, quote, floor_value and current_value.
    proxies
        factor_id, proxy_factor_id, beta: the factor moves by beta times the proxy's move, a relative one for prices
        and indices, a difference otherwise. The proxy's own shock is used, never the proxy of a proxy.

    Raises
    ------
    ValueError
        If a shock or proxy names an unknown factor, a scenario is unknown, or a shock or proxy occurs twice.
    """
    factors = factors.sort_values("factor_id").set_index("factor_id")
    refuse_unknown(shocks, scenarios, factors.index, proxies)
    shocks = shocks.astype({"shock_value": float, "base_value": float})
    starts = shocks[(shocks["shock_type"] == "level") & (shocks["step"] == 0)]
    shocks = with_base(shocks.drop(starts.index), starts, factors)
    steps = shocks[STEP_KEY].drop_duplicates().sort_values(STEP_KEY).reset_index(drop=True)
    steps = steps.merge(scenarios[[*STEP_KEY[:2], "unshocked"]], on=STEP_KEY[:2], how="left")

    shape = len(steps), len(factors)
    row = pd.MultiIndex.from_frame(steps[STEP_KEY]).get_indexer(pd.MultiIndex.from_frame(shocks[STEP_KEY]))
    column = factors.index.get_indexer(shocks["factor_id"])
    declared = moves_of(shocks, factors, column)
    absolute, relative = (scattered(part, row, column, shape, 0.0) for part in declared[:2])
    floored = scattered(declared.floored, row, column, shape, False)
    reason = scattered(declared.reason, row, column, shape, None)
    shocked = scattered(np.ones(len(row), bool), row, column, shape, False)

    used, uses = proxied_shocks(proxies, factors, steps, shocked, absolute, relative, reason)
    moved = moves_of(used, factors, used["column"].to_numpy(int))
    cell = used["row"].to_numpy(int), used["column"].to_numpy(int)
    failed = used["proxy_reason"].notna().to_numpy()
    absolute[cell] = np.where(failed, np.nan, moved.absolute)
    relative[cell] = np.where(failed, np.nan, moved.relative)
    floored[cell] = moved.floored & ~failed
    reason[cell] = np.where(failed, used["proxy_reason"].to_numpy(object), moved.reason)
    is_proxied = np.zeros(shape, bool)
    is_proxied[cell] = True

    silent = ~(shocked | is_proxied)
    required = silent & (steps["unshocked"] == "required").to_numpy()[:, None]
    absolute[required] = relative[required] = np.nan
    reason[required] = "missing_factor"
    moves = Moves(absolute, relative, floored, reason)
    return ScenarioMoves(steps, list(factors.index), moves, is_proxied, silent & ~required, uses)


def refuse_unknown(shocks: pd.DataFrame, scenarios: pd.DataFrame, known: pd.Index, proxies: pd.DataFrame) -> None:
    """Raise for the first name that no register knows, and for what is given twice."""
    for name in ("factor_id", "proxy_factor_id"):
        for frame in (shocks, proxies):
            unknown = sorted(set(frame.get(name, pd.Series(dtype=object))) - set(known))
            if unknown:
                raise ValueError(f"factor {unknown[0]!r} is not in factor_definitions")
    named = set(zip(shocks["scenario_id"], shocks["scenario_version"], strict=True))
    homeless = sorted(named - set(zip(scenarios["scenario_id"], scenarios["scenario_version"], strict=True)))
    if homeless:
        raise ValueError(f"scenario {homeless[0]} is not in scenarios")
    for frame, key in ((shocks, [*STEP_KEY, "factor_id"]), (proxies, ["factor_id"]), (scenarios, STEP_KEY[:2])):
        if frame.duplicated(key).any():
            raise ValueError(f"given twice: {frame.loc[frame.duplicated(key), key].iloc[0].to_dict()}")


def with_base(shocks: pd.DataFrame, starts: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """Add the value that a level is compared with: declared, else the path's step 0, else the factor's value today."""
    key = [*STEP_KEY[:2], "factor_id"]
    start = starts[[*key, "shock_value"]].rename(columns={"shock_value": "start"})
    shocks = shocks.merge(start, on=key, how="left")
    today = shocks["factor_id"].map(factors["current_value"])
    base = shocks["base_value"].fillna(shocks["start"]).fillna(today)
    return shocks.assign(base_value=base).sort_values([*STEP_KEY, "factor_id"]).reset_index(drop=True)


def moves_of(shocks: pd.DataFrame, factors: pd.DataFrame, column: np.ndarray) -> Moves:
    """Return the moves of a table of shocks, one per row."""
    named = factors.iloc[column]
    return factor_moves(
        shocks["shock_type"].to_numpy(object),
        shocks["shock_value"].to_numpy(float),
        quote=named["quote"].to_numpy(object),
        base=shocks["base_value"].to_numpy(float),
        current=named["current_value"].to_numpy(float),
        floor=named["floor_value"].to_numpy(float),
    )


def scattered(values: np.ndarray, row: np.ndarray, column: np.ndarray, shape: tuple[int, int], fill) -> np.ndarray:
    """Return an array of a shape with values at some cells and the fill elsewhere."""
    out = np.full(shape, fill, dtype=np.asarray(values).dtype if fill is not None else object)
    out[row, column] = values
    return out


def proxied_shocks(
    proxies: pd.DataFrame,
    factors: pd.DataFrame,
    steps: pd.DataFrame,
    shocked: np.ndarray,
    absolute: np.ndarray,
    relative: np.ndarray,
    reason: np.ndarray,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the shocks that proxies give to factors a scenario is silent about, and the log of their use."""
    proxies = proxies.sort_values("factor_id")
    target = factors.index.get_indexer(proxies["factor_id"])
    source = factors.index.get_indexer(proxies["proxy_factor_id"])
    row, which = np.nonzero(shocked[:, source] & ~shocked[:, target])
    cell = row, source[which]
    by_difference = factors["quote"].isin(ABSOLUTE_QUOTES).to_numpy()[source[which]]
    move = np.where(by_difference, absolute[cell], relative[cell])
    beta = proxies["beta"].to_numpy(float)[which]
    cause = np.where(np.isnan(move), np.where(pd.isna(reason[cell]), "no_factor_value", reason[cell]), None)
    used = pd.DataFrame(
        {
            "row": row,
            "column": target[which],
            "shock_type": np.where(by_difference, "absolute", "relative"),
            "shock_value": np.nan_to_num(beta * move),
            "base_value": np.nan,
            "proxy_reason": pd.Series(cause, dtype=object),
        }
    )
    log = steps.loc[row, STEP_KEY].reset_index(drop=True)
    log = log.assign(factor_id=proxies["factor_id"].to_numpy(object)[which])
    log = log.assign(proxy_factor_id=proxies["proxy_factor_id"].to_numpy(object)[which], beta=beta)
    return used, log.assign(proxy_move=move, move_type=used["shock_type"], move=beta * move)
