"""A year of daily backtests: CPU seconds of every test of 200 portfolios, and what other sizes cost.

Run with `.venv/bin/python benchmarks/backtests.py`. The year is answered at the end of each of its months, quarters and
itself, on windows of 250 days that reach into the year before. The last case answers every test anew on each of its 250
days, for a tenth of the portfolios.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from children import interleave, median_cpu, run_child

from dbt_model_risk.market_risk.attribution_metrics import attribution_metrics
from dbt_model_risk.market_risk.backtests import backtest_metrics
from dbt_model_risk.market_risk.desk_metrics import desk_metrics
from dbt_model_risk.market_risk.shortfall_metrics import shortfall_metrics

PORTFOLIOS, DAYS, LIMIT_SECONDS = 200, 250, 20
CASES = {
    "200 portfolios": (PORTFOLIOS, "calendar"),
    "100 portfolios": (PORTFOLIOS // 2, "calendar"),
    "no portfolio": (0, "calendar"),
    "20, each day": (PORTFOLIOS // 10, "day"),
}


def backtest(portfolios: int, grain: str) -> None:
    """Backtest a year of portfolios whose losses are a little larger than their VaR expects."""
    generator = np.random.default_rng(1)
    dates = pd.bdate_range("2023-07-03", periods=2 * DAYS).as_unit("us")
    count = portfolios * dates.size
    pnl = 1.1 * generator.standard_t(5, size=count)
    days = pd.DataFrame(
        {
            "model_id": "var",
            "model_version": "1",
            "portfolio_id": np.repeat(np.char.add("book_", np.arange(portfolios).astype(str)), dates.size),
            "risk_date": np.tile(dates, portfolios),
            **{"var_990": 2.9, "var_975": 2.3, "es_975": 3.1},
            **{"var_98125": 2.5, "var_98750": 2.75, "var_99375": 3.3},
            "pnl_actual": pnl + 0.05 * generator.normal(size=count),
            "pnl_hypothetical": pnl,
            "pnl_risk_theoretical": pnl + 0.3 * generator.normal(size=count),
        }
    )
    year = dates[-DAYS:]
    periods = pd.DataFrame({"period_grain": "day", "period_start": year, "period_end": year})
    if grain == "calendar":
        spans = [year.to_period(frequency).unique() for frequency in ("M", "Q", "Y")]
        names = np.repeat(["month", "quarter", "year"], [len(span) for span in spans])
        starts = np.concatenate([span.start_time for span in spans])
        ends = np.concatenate([span.end_time.normalize() for span in spans])
        periods = pd.DataFrame({"period_grain": names, "period_start": starts, "period_end": ends})
    periods = periods.assign(model_id="var", model_version="1", problem_type="market_risk")
    excusals = pd.DataFrame({"model_id": [], "model_version": [], "portfolio_id": [], "risk_date": []})
    if not portfolios:
        return
    as_of = str(year[-1].date())
    tables = [
        backtest_metrics(days, periods, as_of_date=as_of),
        shortfall_metrics(days, periods, as_of_date=as_of),
        attribution_metrics(days, periods, as_of_date=as_of),
        desk_metrics(days, periods, excusals, as_of_date=as_of),
    ]
    rows = pd.concat(tables)
    print(f"{len(rows):,} results")
    assert rows.loc[rows["metric"] == "traffic_light_zone", "value"].notna().sum() == portfolios * len(periods) * 3


def main(repetitions: int) -> None:
    """Print the cost of each case; no portfolio is the start of Python and of the libraries alone."""
    here = Path(__file__)
    cases = {
        name: lambda case=case: run_child([sys.executable, str(here), *map(str, case)], here.parent)
        for name, case in CASES.items()
    }
    used = {name: median_cpu(usages) for name, usages in interleave(cases, repetitions).items()}
    full = used["200 portfolios"]
    print(f"{'case':<18}{'CPU s':>8}{'of full':>9}")
    for name, cpu in used.items():
        print(f"{name:<18}{cpu:>8.1f}{cpu / full:>9.2f}")
    print(f"limit of {LIMIT_SECONDS} s: {'kept' if full < LIMIT_SECONDS else 'broken'}")
    sys.exit(full >= LIMIT_SECONDS)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        backtest(int(sys.argv[1]), sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
