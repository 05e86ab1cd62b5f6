"""Changes of what a variable means, as opposed to changes of the population that it is measured on."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

__all__ = ["CHANGE_COLUMNS", "CONVERSIONS", "conversion_of", "definition_changes", "state_changes", "unit_changes"]

CHANGE_COLUMNS = {
    "model_id": "string",
    "model_version": "string",
    "variable": "string",
    "change_kind": "string",
    "changed_on": "datetime64[us]",
    "factor": "float64",
    "conversion": "string",
    "value_before": "float64",
    "value_after": "float64",
    "deviation_before": "float64",
    "deviation_after": "float64",
    "row_count_before": "int64",
    "row_count_after": "int64",
    "evidence": "string",
}
# By how much a number grows when its unit changes from the first to the second.
CONVERSIONS = {
    7: ("weeks", "days"),
    12: ("years", "months"),
    24: ("days", "hours"),
    30.4375: ("months", "days"),
    52.1786: ("years", "weeks"),
    60: ("minutes", "seconds"),
    100: ("shares", "percent"),
    365.25: ("years", "days"),
    1_000: ("thousands", "units"),
    10_000: ("shares", "basis points"),
    1_000_000: ("millions", "units"),
}
LEAST_FACTOR = 1.5
# Fewest rows on either side of a change, and how many are looked at where there are more.
LEAST_ROWS, WINDOW_ROWS = 50, 2000
# What mean and deviation may differ by as factors of one change of unit, beyond three standard errors; and the most.
TOLERANCE, MOST_TOLERANCE = 0.1, 0.5
RECODED_SHARE = 0.95


def definition_changes(days: pd.DataFrame) -> pd.DataFrame:
    """Return every change of a variable's definition, with the day it came and what shows it.

    Parameters
    ----------
    days
        Rows of met_variable_days: counts and moments per version, variable and day; event_date is null for the
        baseline, and is_cut says that days between it and the first day are not among them.

    Returns
    -------
    pandas.DataFrame
        Columns of CHANGE_COLUMNS, ordered by version, variable and day. `changed_on` is null where the change came
        before the days looked at.
    """
    found = []
    for keys, series in days.groupby(["model_id", "model_version", "variable"], sort=True):
        series = series.sort_values("event_date", na_position="first", ignore_index=True)
        changes = state_changes(series) + unit_changes(series)
        # The last baseline row may be followed by days that nobody looked at.
        is_undated = bool(series["is_cut"].iloc[0])
        for change in sorted(changes, key=lambda change: change["position"]):
            position = change.pop("position")
            if is_undated and position == 1:
                if change["change_kind"] == "unit_changed" and change["conversion"] is None:
                    continue
                day = pd.NaT
            else:
                day = series["event_date"].iloc[position]
            found.append(
                dict(zip(["model_id", "model_version", "variable"], keys, strict=True), changed_on=day, **change)
            )
    return pd.DataFrame(found, columns=list(CHANGE_COLUMNS)).astype(CHANGE_COLUMNS)


def state_changes(series: pd.DataFrame) -> list[dict]:
    """Return where one variable appears, disappears, goes to or from all missing, or to or from unseen categories.

    A state counts once LEAST_ROWS of the model's rows have it; a few rows without a value are chance.

    Parameters
    ----------
    series
        One variable's rows in order of the days, the baseline first.
    """
    rows = series["row_count"].to_numpy(float)
    missing, unseen = series["missing_count"].to_numpy(float), series["unseen_count"].to_numpy(float)
    present = rows - missing
    with np.errstate(invalid="ignore", divide="ignore"):
        is_unseen = (present > 0) & (unseen >= RECODED_SHARE * present)
    states = np.select([rows == 0, present == 0, is_unseen], ["absent", "missing", "unseen"], default="present")
    starts = np.flatnonzero(np.r_[True, states[1:] != states[:-1]])
    weights = series["model_row_count"].to_numpy(float)
    runs = [
        (states[start], start, end)
        for start, end in pairwise([*starts, len(states)])
        if weights[start:end].sum() >= LEAST_ROWS
    ]
    changes = []
    for (before, first, _), (after, start, end) in pairwise(merged(runs)):
        kind, counted, share = named_change(before, after)
        counts = {"absent": weights - rows, "missing": missing, "unseen": unseen}[counted]
        of = {"absent": weights, "missing": rows, "unseen": present}[counted]
        shares = [counts[side].sum() / max(of[side].sum(), 1) for side in (slice(first, start), slice(start, end))]
        sizes = [int(weights[side].sum()) for side in (slice(first, start), slice(start, end))]
        changes.append(
            {
                "position": start,
                "change_kind": kind,
                "conversion": None,
                "value_before": shares[0],
                "value_after": shares[1],
                "row_count_before": sizes[0],
                "row_count_after": sizes[1],
                "evidence": f"{share} {shares[0]:.1%} of {sizes[0]:,} rows, then {shares[1]:.1%} of {sizes[1]:,}",
            }
        )
    return changes


def merged(runs: list[tuple]) -> list[tuple]:
    """Return the runs with neighbours of one state put together."""
    joined = []
    for state, start, end in runs:
        if joined and joined[-1][0] == state:
            joined[-1] = (state, joined[-1][1], end)
        else:
            joined.append((state, start, end))
    return joined


def named_change(before: str, after: str) -> tuple[str, str, str]:
    """Return what a change from one state to another is called, and which share shows it."""
    if after == "absent":
        return "disappeared", "absent", "without the variable:"
    if before == "absent":
        return "appeared", "absent", "without the variable:"
    if after == "missing":
        return "became_all_missing", "missing", "missing:"
    if before == "missing":
        return "left_all_missing", "missing", "missing:"
    return "recoded", "unseen", "categories beyond the frozen list:"


def unit_changes(series: pd.DataFrame) -> list[dict]:
    """Return where mean and deviation of one number change by the same factor from one day to the next.

    A population that moves changes its mean, its spread or both, and hardly by one factor; a rescaled number always
    does. The factor has to be 1.5 or more, or 1/1.5 or less. Where the mean lies so near to zero that its change says
    nothing, a change of unit cannot be told from a change of spread and is not reported.

    Parameters
    ----------
    series
        One variable's rows in order of the days, the baseline first.
    """
    size = (series["row_count"] - series["missing_count"]).to_numpy(float)
    square = series["square_sum"].to_numpy(float)
    position = np.flatnonzero((size > 0) & np.isfinite(square))
    if len(position) < 2:
        return []
    sums = [column.to_numpy(float)[position] for column in (series["value_sum"], series["square_sum"])]
    total, first, second = (np.r_[0.0, np.cumsum(values)] for values in (size[position], *sums))
    split = np.arange(1, len(position))
    start = np.minimum(np.searchsorted(total, total[split] - WINDOW_ROWS, side="right") - 1, split - 1).clip(0)
    end = np.minimum(np.searchsorted(total, total[split] + WINDOW_ROWS, side="left"), len(position))
    end = np.maximum(end, split + 1)

    def moments(low, high):
        n = total[high] - total[low]
        mean = (first[high] - first[low]) / n
        return n, mean, np.sqrt(np.maximum((second[high] - second[low]) / n - mean**2, 0))

    before, after, whole = moments(start, split), moments(split, end), moments(start, end)
    is_candidate = same_factor(before, after)
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = [n * np.log(deviation) for n, _, deviation in (before, after, whole)]
        gain = np.where(is_candidate, cost[2] - cost[0] - cost[1], -np.inf)
    picked = []
    for best in np.argsort(-gain, kind="stable"):
        if not np.isfinite(gain[best]):
            break
        if all(not start[best] < other < end[best] for other in picked):
            picked.append(likeliest_split(start[best], end[best], moments))
    changes = []
    borders = [0, *sorted(picked), len(position)]
    for low, middle, high in zip(borders, borders[1:], borders[2:], strict=False):
        (n, mean, deviation), (m, new_mean, new_deviation) = moments(low, middle), moments(middle, high)
        factor = new_mean / mean
        error = np.hypot(deviation / mean / np.sqrt(n), new_deviation / new_mean / np.sqrt(m))
        changes.append(
            {
                "position": int(position[middle]),
                "change_kind": "unit_changed",
                "factor": factor,
                "conversion": conversion_of(factor, error=error),
                "value_before": mean,
                "value_after": new_mean,
                "deviation_before": deviation,
                "deviation_after": new_deviation,
                "row_count_before": int(n),
                "row_count_after": int(m),
                "evidence": (
                    f"mean {mean:.6g} and deviation {deviation:.6g} of {int(n):,} rows, "
                    f"then {new_mean:.6g} and {new_deviation:.6g} of {int(m):,}"
                ),
            }
        )
    return changes


def likeliest_split(low: int, high: int, moments) -> int:
    """Return where two normal samples are likeliest to part within a stretch of days."""
    split = np.arange(low + 1, high)
    costs = []
    for first, last in ((np.full_like(split, low), split), (split, np.full_like(split, high))):
        n, _, deviation = moments(first, last)
        with np.errstate(divide="ignore"):
            # A day of equal values is no proof of a sample without spread.
            costs.append(np.where(deviation > 0, n * np.log(deviation), np.inf))
    return int(split[np.argmin(costs[0] + costs[1])])


def same_factor(before: tuple, after: tuple) -> np.ndarray:
    """Return whether mean and deviation of (size, mean, deviation) change by one factor that no shift explains."""
    (n, mean, deviation), (m, new_mean, new_deviation) = before, after
    with np.errstate(divide="ignore", invalid="ignore"):
        of_mean, of_deviation = np.log(new_mean / mean), np.log(new_deviation / deviation)
        # Delta method; that of a deviation holds for a normal variable.
        error = np.sqrt((deviation / mean) ** 2 / n + (new_deviation / new_mean) ** 2 / m + 1 / (2 * n) + 1 / (2 * m))
        tolerance = TOLERANCE + 3 * error
        least = np.log(LEAST_FACTOR)
        return (
            (n >= LEAST_ROWS)
            & (m >= LEAST_ROWS)
            & (np.abs(of_mean) >= least)
            & (np.abs(of_deviation) >= least)
            & (np.abs(of_mean - of_deviation) <= tolerance)
            & (tolerance <= MOST_TOLERANCE)
        )


def conversion_of(factor: float, *, error: float = 0.0) -> str | None:
    """Return the change of unit that the factor stands for, such as `months to days`, or None.

    The two agree to within 1 %, or three standard errors of the factor where these are more, and never more than 5 %.

    Parameters
    ----------
    factor
        What a number is multiplied by.
    error
        Relative standard error of the factor.
    """
    named = {
        **{known: f"{old} to {new}" for known, (old, new) in CONVERSIONS.items()},
        **{1 / known: f"{new} to {old}" for known, (old, new) in CONVERSIONS.items()},
    }
    if not factor > 0:
        return None
    nearest = min(named, key=lambda known: abs(np.log(factor / known)))
    return named[nearest] if abs(factor / nearest - 1) <= min(max(0.01, 3 * error), 0.05) else None
