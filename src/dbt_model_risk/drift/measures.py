"""Each statistic of all histograms at once."""

from __future__ import annotations

import numpy as np

from dbt_model_risk.drift.cells import mass_inside
from dbt_model_risk.drift.distances import hellinger, js_distance, l_infinity, total_variation
from dbt_model_risk.drift.histograms import MISSING, MOMENTS, OUTSIDE_LIST, Histograms
from dbt_model_risk.drift.homogeneity import chi_square_homogeneity
from dbt_model_risk.drift.kolmogorov_smirnov import ks_distance, ks_p_value
from dbt_model_risk.drift.rates import standard_deviation, two_proportion_p_value
from dbt_model_risk.drift.stability_index import psi, psi_critical_value
from dbt_model_risk.drift.wasserstein import wasserstein_distance

__all__ = ["bin_measures", "cell_measures", "rate_measures"]

Measures = dict[str, dict[str, np.ndarray]]


def bin_measures(histograms: Histograms) -> Measures:
    """Return what is judged on the declared bins, to which cells are merged; missing and unseen are bins too."""
    bins = histograms.bins
    where = (bins["bin_id"] != MOMENTS).to_numpy()
    position = bins["declared_bin_id"].fillna(0).to_numpy(int) + 2
    reference, current = (
        histograms.matrix(column, position=position, where=where) for column in ("reference_count", "current_count")
    )
    chi_square, chi_square_p, cramers_v = chi_square_homogeneity(reference, current)
    return {
        "psi": {"value": psi(reference, current)},
        "psi_critical_value": {"value": psi_critical_value(reference, current)},
        "js_distance": {"value": js_distance(reference, current)},
        "hellinger": {"value": hellinger(reference, current)},
        "total_variation": {"value": total_variation(reference, current)},
        "l_infinity": {"value": l_infinity(reference, current)},
        "chi_square": {"value": chi_square, "p_value": chi_square_p},
        "cramers_v": {"value": cramers_v},
    }


def cell_measures(histograms: Histograms) -> Measures:
    """Return what is measured on all cells of numbers and their sums; missing values are left out."""
    bins = histograms.bins
    bin_id = bins["bin_id"].to_numpy()
    where = bin_id >= 0
    lower, upper = (
        histograms.matrix(column, position=bin_id, where=where, fill=np.nan) for column in ("lower_edge", "upper_edge")
    )
    is_low = where & bins["lower_edge"].isna().to_numpy()
    is_high = where & bins["upper_edge"].isna().to_numpy()
    counts, insides, tails, means, deviations = [], [], [], [], []
    for sample in ("reference", "current"):
        count = histograms.matrix(f"{sample}_count", position=bin_id, where=where)
        size = count.sum(-1)
        value_sum = histograms.per_row(f"{sample}_value_sum", where=bin_id == MOMENTS)
        square_sum = histograms.per_row(f"{sample}_square_sum", where=bin_id == MOMENTS)
        tail = tuple(histograms.per_row(f"{sample}_value_sum", where=side) for side in (is_low, is_high))
        inside = mass_inside(
            count, upper_edges=upper, value_sum=value_sum, lower_tail_sum=tail[0], upper_tail_sum=tail[1]
        )
        counts.append(count)
        insides.append(inside)
        tails.append(tail)
        deviations.append(standard_deviation(size, value_sum, square_sum))
        with np.errstate(divide="ignore", invalid="ignore"):
            means.append(value_sum / size)
    inside = {"reference_inside": insides[0], "current_inside": insides[1]}
    ks, ks_bound = ks_distance(*counts, **inside)
    distance, bound = wasserstein_distance(
        *counts, lower_edges=lower, upper_edges=upper, reference_tails=tails[0], current_tails=tails[1], **inside
    )
    p_value = ks_p_value(ks, reference_size=counts[0].sum(-1), current_size=counts[1].sum(-1))
    deviation = np.where(deviations[0] > 0, deviations[0], np.nan)
    with np.errstate(invalid="ignore"):
        mean_shift = (means[1] - means[0]) / deviation
        deviation_shift = deviations[1] / deviation - 1
    return {
        "ks": {"value": ks, "p_value": p_value, "error_bound": ks_bound},
        "wasserstein": {"value": distance, "error_bound": bound},
        "wasserstein_normalised": {"value": distance / deviation, "error_bound": bound / deviation},
        "mean_shift": {"value": mean_shift},
        "deviation_shift": {"value": deviation_shift},
    }


def rate_measures(histograms: Histograms) -> Measures:
    """Return the shares of rows that are missing, and of those beyond the frozen list or the outer edges."""
    bins = histograms.bins
    bin_id = bins["bin_id"].to_numpy()
    is_row, is_missing = bin_id != MOMENTS, bin_id == MISSING
    is_number = bin_id >= 0
    is_low = is_number & bins["lower_edge"].isna().to_numpy() & bins["upper_edge"].notna().to_numpy()
    is_high = is_number & bins["lower_edge"].notna().to_numpy() & bins["upper_edge"].isna().to_numpy()
    size, missing, low = {}, {}, {}
    for sample in ("reference", "current"):
        size[sample] = histograms.per_row(f"{sample}_count", where=is_row)
        missing[sample] = histograms.per_row(f"{sample}_count", where=is_missing)
        low[sample] = histograms.per_row(f"{sample}_count", where=is_low)
    outside = histograms.per_row("current_count", where=is_high | (bin_id == OUTSIDE_LIST))
    has_tail = histograms.per_row("current_value_sum", where=is_low) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        # The first cell holds its own edge too: what exceeds the reference's share of it lies below.
        usual = low["reference"] / size["reference"] * size["current"]
        below = np.where(has_tail, np.clip(low["current"] - usual, 1, low["current"]), 0)
        doubt = np.where(has_tail, np.maximum(below - 1, low["current"] - below), 0)
        rate = {sample: missing[sample] / size[sample] for sample in size}
        unseen = {"value": (outside + below) / size["current"], "error_bound": doubt / size["current"]}
    p_value = two_proportion_p_value(missing["reference"], size["reference"], missing["current"], size["current"])
    return {
        "missing_rate": {"value": rate["current"], "event_count": missing["current"]},
        "missing_rate_change": {
            "value": rate["current"] - rate["reference"],
            "p_value": p_value,
            "event_count": missing["current"],
        },
        "unseen_rate": unseen,
    }
