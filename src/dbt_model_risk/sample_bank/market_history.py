"""Daily index history: the S&P 500, the Nasdaq Composite and WTI crude oil, 1999 to 2018.

The files are example data of the ``arch`` package (``arch.data.sp500``, ``arch.data.nasdaq``, ``arch.data.wti``), read
where they are installed: importing ``arch`` itself would cost several seconds of every build.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

__all__ = ["FACTORS", "daily_closes"]

# The column of the closing price, per file.
FACTORS = {"sp500": "Adj Close", "nasdaq": "Adj Close", "wti": "DCOILWTICO"}
FIRST_DAY = np.datetime64("1999-01-04")
LAST_DAY = np.datetime64("2018-12-31")


def read_closes(factor: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the days and closing prices of one factor; days without a price are left out."""
    price = FACTORS[factor]
    package = find_spec("arch")
    if package is None or package.submodule_search_locations is None:
        raise ModuleNotFoundError("the sample bank's market history needs the package 'arch'")
    file = Path(package.submodule_search_locations[0], "data", factor, f"{factor}.csv.gz")
    text = csv.ConvertOptions(column_types={"Date": pa.string(), price: pa.string()})
    table = csv.read_csv(file, convert_options=text)
    priced = table.filter(pc.match_substring_regex(table[price], "^[0-9]"))
    days = pc.strptime(priced["Date"], format="%m/%d/%Y", unit="s").to_numpy().astype("datetime64[D]")
    return days, priced[price].cast(pa.float64()).to_numpy()


@lru_cache(maxsize=1)
def daily_closes() -> tuple[np.ndarray, np.ndarray]:
    """Return the days on which every factor has a price, and the prices, one column per factor."""
    histories = [read_closes(factor) for factor in FACTORS]
    days = histories[0][0]
    for other, _ in histories[1:]:
        days = np.intersect1d(days, other)
    days = days[(days >= FIRST_DAY) & (days <= LAST_DAY)]
    return days, np.column_stack([price[np.searchsorted(day, days)] for day, price in histories])
