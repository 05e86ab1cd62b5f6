"""Stress of a large book: CPU seconds and peak memory of the engine, and what more of the same costs.

Run with `.venv/bin/python benchmarks/stress.py`. The full size is 10,000 positions x 50 factors x 40 scenarios x 13
quarters; the other cases halve one of the first three, so that a ratio of two means cost in proportion.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from children import interleave, median_cpu, run_child

from dbt_model_risk.stress.stress_pnl import stress_pnl

FULL = {"positions": 10_000, "factors": 50, "scenarios": 40}
QUARTERS, PORTFOLIOS, PER_POSITION = 13, 100, 50
DAY = pd.Timestamp("2025-06-30")
CASES = {"full size": FULL} | {f"half the {name}": FULL | {name: size // 2} for name, size in FULL.items()}
LIMIT_SECONDS, LIMIT_MB = 30, 2048


def stress(positions: int, factors: int, scenarios: int) -> None:
    """Stress a book of which every position depends on every factor, with paths of levels and a proxy."""
    generator = np.random.default_rng(1)
    names = np.array([f"factor_{i:02d}" for i in range(factors)])
    row, column = np.divmod(np.arange(positions * factors), factors)
    sensitivities = pd.DataFrame(
        {
            "sandbox_id": "bank",
            "portfolio_id": np.char.add("portfolio_", (row % PORTFOLIOS).astype(str)),
            "instrument_id": np.char.add("instrument_", row.astype(str)),
            "factor_id": names[column],
            "delta": generator.normal(size=row.size),
            "gamma": generator.normal(size=row.size) / 100,
            "vega": generator.normal(size=row.size) * (column != factors - 1),
            "shift_type": np.where(column % 2, "relative", "absolute"),
            "shift_size": 0.01,
            "risk_date": DAY,
        }
    )
    definitions = pd.DataFrame(
        {
            "factor_id": names,
            "factor_class": np.where(np.arange(factors) == factors - 1, "volatility", "equity"),
            "quote": np.where(np.arange(factors) % 2, "price", "percent"),
            "volatility_factor_id": [names[-1]] * (factors - 1) + [None],
            "floor_value": np.nan,
        }
    )
    cell = np.arange(scenarios * (QUARTERS + 1) * (factors - 1))
    scenario, rest = np.divmod(cell, (QUARTERS + 1) * (factors - 1))
    step, factor = np.divmod(rest, factors - 1)
    shocks = pd.DataFrame(
        {
            "scenario_id": np.char.add("scenario_", scenario.astype(str)),
            "scenario_version": "1",
            "step": step,
            "factor_id": names[factor + 1],
            "shock_type": "level",
            "shock_value": 100 + 10 * generator.normal(size=cell.size) * (step > 0),
            "base_value": np.nan,
        }
    )
    table, proxies = stress_pnl(
        sensitivities,
        shocks,
        shocks[["scenario_id", "scenario_version"]].drop_duplicates().assign(unshocked="required"),
        definitions,
        pd.DataFrame({"sandbox_id": ["bank"], "factor_id": names[:1], "proxy_factor_id": names[1:2], "beta": [0.5]}),
        factor_values=pd.DataFrame({"risk_date": DAY, "factor_id": names, "factor_value": 100.0}),
        scenario_values=pd.DataFrame(
            columns=[
                "risk_date",
                "portfolio_id",
                "instrument_id",
                "scenario_id",
                "step",
                "base_value",
                "scenario_value",
            ]
        ),
        positions=sensitivities[["risk_date", "portfolio_id", "instrument_id"]].drop_duplicates(),
    )
    steps = (table["breakdown"] == "portfolio").sum()
    assert steps == PORTFOLIOS * scenarios * QUARTERS
    assert table["pnl"].notna().all()
    assert len(proxies) == scenarios * QUARTERS


def main(repetitions: int) -> None:
    """Print the cost of each case, and whether the full size keeps its limits."""
    here = Path(__file__)
    cases = {
        name: lambda sizes=sizes: run_child([sys.executable, str(here), *map(str, sizes.values())], here.parent)
        for name, sizes in CASES.items()
    }
    used = interleave(cases, repetitions)
    full = median_cpu(used["full size"])
    print(f"{'case':<22}{'CPU s':>8}{'of full':>9}{'peak MB':>9}")
    for name, usages in used.items():
        cpu, peak = median_cpu(usages), max(usage.peak_mb for usage in usages)
        print(f"{name:<22}{cpu:>8.1f}{cpu / full:>9.2f}{peak:>9.0f}")
    peak = max(usage.peak_mb for usage in used["full size"])
    kept = full < LIMIT_SECONDS and peak < LIMIT_MB
    print(f"limits of {LIMIT_SECONDS} s and {LIMIT_MB} MB: {'kept' if kept else 'broken'}")
    sys.exit(not kept)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        stress(*map(int, sys.argv[1:]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
