"""Why a comparison with the baseline is withheld, or what qualifies it."""

from __future__ import annotations

import numpy as np

from dbt_model_risk.drift.histograms import MISSING, MOMENTS, Histograms

__all__ = ["Reasons", "reasons"]

Reasons = dict[str, np.ndarray]


def reasons(histograms: Histograms, *, minimum_sample: int, no_reference: str = "no_baseline") -> Reasons:
    """Return a reason or None per histogram for the four ways in which a metric uses it, and the sizes they judge.

    Parameters
    ----------
    histograms
        Both samples.
    minimum_sample
        Fewest rows of either sample to be compared.
    no_reference
        Reason where there is no reference.

    Returns
    -------
    dict
        `bins` and `cells`: why a comparison on all rows or on the values present is withheld. `rate`: why a rate of the
        current rows is. `caveat`: what qualifies values that are given. `size` and `value_size`: current rows, and
        those with a value.
    """
    bin_id = histograms.bins["bin_id"].to_numpy()
    rows = {name: histograms.per_row(f"{name}_count", where=bin_id != MOMENTS) for name in ("reference", "current")}
    missing = {name: histograms.per_row(f"{name}_count", where=bin_id == MISSING) for name in rows}
    values = {name: rows[name] - missing[name] for name in rows}
    has_baseline = histograms.per_row("has_baseline", where=bin_id == bin_id) > 0
    cohort = np.unique(histograms.keys["cohort_number"], return_inverse=True)[1]
    seen = {name: np.bincount(cohort, weights=rows[name])[cohort] > 0 for name in rows}
    both = (rows["reference"] > 0) & (rows["current"] > 0)
    is_frozen = histograms.keys["variable_kind"].notna().to_numpy()
    appeared = has_baseline & (~is_frozen | ((rows["reference"] == 0) & seen["reference"])) & (rows["current"] > 0)
    disappeared = (rows["current"] == 0) & seen["current"]
    became_missing = both & ((values["reference"] == 0) != (values["current"] == 0))
    changed = appeared | disappeared | became_missing

    def withheld(counts: dict[str, np.ndarray]) -> np.ndarray:
        least = np.minimum(counts["reference"], counts["current"])
        return np.select(
            [~has_baseline, changed & (least == 0), least == 0, least < minimum_sample],
            [no_reference, "definition_changed", "no_data", "small_sample"],
            default=None,
        )

    empty = rows["current"] == 0
    return {
        "bins": withheld(rows),
        "cells": withheld(values),
        "rate": np.select([empty & changed, empty], ["definition_changed", "no_data"], default=None),
        "caveat": np.where(changed, "definition_changed", None),
        "size": rows["current"],
        "value_size": values["current"],
    }
