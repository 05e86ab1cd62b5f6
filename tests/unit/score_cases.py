"""Shared by the tests on scores and outcomes: reference cases, and samples as the score bins that evidence keeps."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

CASES = Path(__file__).parents[3] / "shared" / "reference_cases"


def reference_case(name):
    """A published or library-verified case; the project holds none of its data."""
    path = CASES / f"{name}.json"
    if not path.exists():
        pytest.skip(f"reference case {path} is not here")
    return json.loads(path.read_text())


def reference_rows(name):
    """The rows of a case's table."""
    path = CASES / "data" / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"reference data {path} is not here")
    return pd.read_csv(path)


def sample(seed, count=300, *, decimals=16, tilt=1.0):
    """Scores, and outcomes with log odds `tilt` times those of the scores; few decimals make ties."""
    rng = np.random.default_rng(seed)
    score = np.clip(np.round(rng.beta(1.5, 4, count), decimals), 0.01, 0.99)
    odds = (score / (1 - score)) ** tilt
    outcome = (rng.uniform(size=count) < odds / (1 + odds)).astype(int)
    outcome[:2] = 0, 1
    return score, outcome


def in_bins(score, outcome, *, resolution=None):
    """Sums per bin as met_score_bins has them; without a resolution each distinct score has its bin."""
    score, outcome = np.asarray(score, float), np.asarray(outcome, int)
    place = score if resolution is None else np.floor(score * resolution)
    risk_bin = np.unique(place, return_inverse=True)[1] if resolution is None else place.astype(int)
    rows = pd.DataFrame(
        {
            "risk_bin": risk_bin,
            "case_count": 1,
            "event_count": outcome,
            "score_sum": score,
            "score_square_sum": score**2,
            "score_outcome_sum": score * outcome,
        }
    )
    bins = rows.groupby("risk_bin", as_index=False).sum()
    return bins.assign(score_resolution=resolution or 2**50, is_exact=resolution is None)


def stacked(*cohorts):
    """Several cohorts' bins as one frame, and where each begins."""
    frames = [bins.assign(cohort_number=number) for number, bins in enumerate(cohorts, 1)]
    return pd.concat(frames, ignore_index=True), np.cumsum([0, *(len(bins) for bins in cohorts[:-1])])
