"""The table of challengers: what each adds to the champion's ranking."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dbt_model_risk.discrimination.paired_delong import paired_delong
from dbt_model_risk.market_risk.scores import Z_95
from dbt_model_risk.metric_block import metric_block
from dbt_model_risk.metric_frame import metric_frame

__all__ = ["challenger_metrics"]

COHORT = ["model_id", "model_version", "segment_key", "segment_value", "period_grain", "period_start", "period_end"]
SERIES = [*COHORT, "challenger_version"]
# From this resolution on, every score has a bin of its own.
EXACT_RESOLUTION = 2**40


def challenger_metrics(
    pairs: pd.DataFrame, *, as_of_date: str, minimum_sample: int, minimum_class_count: int
) -> pd.DataFrame:
    """Return how champion and challenger rank the same cases.

    Parameters
    ----------
    pairs
        Rows of met_score_pairs: cases by outcome per cohort, challenger and pair of score bins; a cohort without
        cases is one row with a cohort_reason.
    as_of_date
        Day of the answer, ISO; becomes known_date.
    minimum_sample, minimum_class_count
        Fewest cases of a cohort, and of either class, to be judged.

    Returns
    -------
    pandas.DataFrame
        Metric rows (see metric_frame), ordered by cohort. model_version is the champion, variable the challenger.
    """
    if pairs.empty:
        return metric_frame(pd.DataFrame())
    pairs = pairs.sort_values([*SERIES, "champion_bin", "challenger_bin"], ignore_index=True)
    cohorts = pairs.groupby(SERIES, sort=False, dropna=False)
    number = cohorts.ngroup().to_numpy()
    summed = cohorts.agg(
        events=("event_count", "sum"),
        nonevents=("nonevent_count", "sum"),
        least=("score_resolution", "min"),
        most=("score_resolution", "max"),
        reason=("cohort_reason", "first"),
    ).reset_index()
    is_case = pairs["champion_bin"].notna().to_numpy()
    cases = pairs[is_case]
    found = paired_delong(
        number[is_case],
        cases["champion_bin"].to_numpy(np.int64),
        cases["challenger_bin"].to_numpy(np.int64),
        cases["event_count"].to_numpy(float),
        cases["nonevent_count"].to_numpy(float),
        count=len(summed),
    )
    keys = summed[COHORT].assign(row=summed.index, variable=summed["challenger_version"])
    events, nonevents = summed["events"].to_numpy(np.int64), summed["nonevents"].to_numpy(np.int64)
    least = np.minimum(events, nonevents)
    shown = {
        "size": events + nonevents,
        "events": events,
        "withheld": np.select(
            [
                summed["reason"].notna(),
                (summed["least"] != summed["most"]) & summed["least"].notna(),
                least == 0,
                (events + nonevents < int(minimum_sample)) | (least < int(minimum_class_count)),
            ],
            [summed["reason"].to_numpy(object), "definition_changed", "single_class", "small_sample"],
            default=None,
        ),
    }
    is_binned = summed["least"].to_numpy(float, na_value=np.nan) < EXACT_RESOLUTION
    blocks = []
    for name, area, variance, error, is_constant in [
        ("auc_champion_paired", found.first, found.first_variance, found.first_error, found.first_is_constant),
        ("auc_challenger_paired", found.second, found.second_variance, found.second_error, found.second_is_constant),
    ]:
        margin = np.where(is_constant, np.nan, Z_95 * np.sqrt(variance))
        blocks.append(
            metric_block(
                keys,
                name,
                "auc_ties_half_delong_95",
                area,
                ci=(np.clip(area - margin, 0, 1), np.clip(area + margin, 0, 1)),
                error_bound=is_binned * error,
                caveat=np.where(is_constant, "constant_score", None),
                **shown,
            )
        )
    margin = Z_95 * np.sqrt(found.difference_variance)
    blocks.append(
        metric_block(
            keys,
            "auc_challenger_difference",
            "challenger_less_champion_paired_delong_two_sided",
            np.where(np.isnan(found.p_value), np.nan, found.difference),
            p_value=found.p_value,
            ci=(np.clip(found.difference - margin, -1, 1), np.clip(found.difference + margin, -1, 1)),
            error_bound=is_binned * (found.first_error + found.second_error),
            caveat=np.where(found.first_is_constant | found.second_is_constant, "constant_score", None),
            **shown,
        )
    )
    rows = pd.concat([block.assign(rank=rank) for rank, block in enumerate(blocks)], ignore_index=True)
    rows = rows.sort_values(["row", "rank"], ignore_index=True)
    return metric_frame(rows.assign(known_date=pd.Timestamp(as_of_date)))
