"""Shared by the tests of drift: published cases, and samples as counts on cells."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

CASES = Path(__file__).parents[4] / "shared" / "reference_cases"


def reference_case(name):
    """A published or library-verified case; the project holds none of its data."""
    path = CASES / f"{name}.json"
    if not path.exists():
        pytest.skip(f"reference case {path} is not here")
    return json.loads(path.read_text())


def continuous_case():
    """The two samples of the continuous case."""
    path = CASES / "data" / "cont_a.csv"
    if not path.exists():
        pytest.skip(f"reference data {path} is not here")
    rows = np.genfromtxt(path, delimiter=",", names=True, dtype=None, encoding="utf-8")
    columns = rows.dtype.names
    label = next(name for name in columns if rows[name].dtype.kind in "US")
    value = next(name for name in columns if rows[name].dtype.kind == "f")
    return rows[value][rows[label] == "ref"], rows[value][rows[label] == "cur"]


def on_cells(values, edges):
    """Counts of raw values on right-closed cells with open ends, and the sums that evidence keeps."""
    values, edges = np.asarray(values, float), np.asarray(edges, float)
    cell = np.searchsorted(edges, values, side="left")
    return {
        "counts": np.bincount(cell, minlength=len(edges) + 1).astype(float),
        "value_sum": values.sum(),
        "tails": (np.maximum(edges[0] - values, 0).sum(), np.maximum(values - edges[-1], 0).sum()),
    }


BINS = 6
counts = st.lists(st.integers(0, 500), min_size=BINS, max_size=BINS).filter(lambda xs: sum(xs) > 0)
values = st.lists(st.integers(-40, 40).map(lambda x: x / 4), min_size=1, max_size=60)
edges = st.lists(st.integers(-30, 30).map(lambda x: x / 4), min_size=1, max_size=12, unique=True).map(sorted)
