"""The score bins of many cohorts as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dbt_model_risk.calibration.hosmer_lemeshow import quantile_groups

__all__ = ["ScoreBins", "read_score_bins"]

SUMS = ["event_count", "score_sum", "score_square_sum", "score_outcome_sum"]
GROUPS = 10


@dataclass(frozen=True)
class ScoreBins:
    """Bins in order of cohort and risk, lowest first.

    `rows` says which row of the cohorts' frame each cohort with bins is, `starts` which bin is its first; `cases`, the
    `sums`, `bin_width` (0 where the scores of a bin are equal) and `groups` (tenths of the cohort) are of each bin.
    """

    rows: np.ndarray
    starts: np.ndarray
    cases: np.ndarray
    sums: dict[str, np.ndarray]
    bin_width: np.ndarray
    groups: np.ndarray

    @property
    def events(self) -> np.ndarray:
        """Events of each bin."""
        return self.sums["event_count"]

    def by_group(self, values: np.ndarray) -> np.ndarray:
        """Return values summed over the bins of each group, shape (cohorts, groups)."""
        sizes = np.diff(np.append(self.starts, len(self.cases)))
        cell = np.repeat(np.arange(len(self.starts)), sizes) * GROUPS + self.groups
        return np.bincount(cell, values, minlength=len(self.starts) * GROUPS).reshape(-1, GROUPS)


def read_score_bins(bins: pd.DataFrame, cohort_numbers: np.ndarray) -> ScoreBins:
    """Return the bins of the given cohorts.

    Parameters
    ----------
    bins
        Rows of met_score_bins, in any order.
    cohort_numbers
        The cohorts wanted, ascending; one without bins is left out.
    """
    number, risk_bin = bins["cohort_number"].to_numpy(), bins["risk_bin"].to_numpy()
    wanted = np.flatnonzero(np.isin(number, cohort_numbers))
    order = wanted[np.lexsort((risk_bin[wanted], number[wanted]))]
    ordered, starts = np.unique(number[order], return_index=True)
    width = np.where(bins["is_exact"], 0, 1 / bins["score_resolution"].to_numpy(float))[order]
    cases = bins["case_count"].to_numpy()[order]
    return ScoreBins(
        rows=np.searchsorted(cohort_numbers, ordered),
        starts=starts,
        cases=cases,
        sums={name: bins[name].to_numpy()[order] for name in SUMS},
        bin_width=width,
        groups=quantile_groups(cases, starts=starts, count=GROUPS) if len(cases) else cases,
    )
