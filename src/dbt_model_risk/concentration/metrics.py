"""Concentration of each portfolio as rows of metrics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dbt_model_risk.concentration.measures import Concentration, concentration
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["concentration_metrics"]

BOOK = ["model_id", "model_version", "portfolio_id"]
NAMES = {"issuer": "issuer", "instrument": "instrument_id"}
METRICS = {
    "hhi": "concentration_hhi",
    "dual": "concentration_hhi_dual",
    "effective_number": "concentration_effective_number",
    "top_1_share": "concentration_top_1_share",
    "top_5_share": "concentration_top_5_share",
}


def concentration_metrics(positions: pd.DataFrame, *, as_of_date: str) -> pd.DataFrame:
    """Return the concentration of each portfolio by issuer and by instrument.

    Parameters
    ----------
    positions
        Each portfolio's holdings of its latest day: model_id, model_version, portfolio_id, instrument_id, issuer,
        currency, market_value. The order of rows does not matter.
    as_of_date
        ISO 8601.

    Returns
    -------
    pandas.DataFrame
        Columns of `metric_frame`, segment_key ``portfolio``, variable ``issuer`` or ``instrument``. A name's exposure
        is the net of its positions and counts with its size; sample_size is the number of names. Null with
        ``mixed_currency``, ``unknown_name``, ``unknown_value`` or ``no_exposure``; ``negative_positions`` beside a
        value says that a short counts.
    """
    rows = [row for _, book in positions.groupby(BOOK) for row in rows_of_book(book)]
    if not rows:
        return metric_frame(pd.DataFrame())
    day = pd.Timestamp(as_of_date)
    return metric_frame(
        pd.DataFrame(rows).assign(
            segment_key="portfolio", period_grain="as_of", period_start=day, period_end=day, known_date=day
        )
    )


def rows_of_book(book: pd.DataFrame) -> Iterator[dict]:
    """Yield the rows of one portfolio."""
    first = book.iloc[0]
    for variable, column in NAMES.items():
        # Sorted first: a sum of floats depends on its order.
        net = book.sort_values([column, "market_value"]).groupby(column)["market_value"].sum()
        reason = withheld(book, column, net)
        measured = concentration(net.to_numpy(float)) if reason is None else Concentration(*[np.nan] * 5)
        if reason is None and (book["market_value"] < 0).any():
            reason = "negative_positions"
        for name, metric in METRICS.items():
            yield {
                "model_id": first["model_id"],
                "model_version": first["model_version"],
                "segment_value": first["portfolio_id"],
                "variable": variable,
                "metric": metric,
                "value": getattr(measured, name),
                "sample_size": int((net != 0).sum()),
                "status_reason": reason,
                "convention_id": "gross_of_net_per_name",
            }


def withheld(book: pd.DataFrame, column: str, net: pd.Series) -> str | None:
    """Return why a portfolio has no concentration, null where it has one."""
    if len(set(book["currency"].dropna())) > 1:
        return "mixed_currency"
    if book[column].isna().any():
        return "unknown_name"
    if book["market_value"].isna().any():
        return "unknown_value"
    return None if (net != 0).any() else "no_exposure"
