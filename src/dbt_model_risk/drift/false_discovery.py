"""Many tests at once: how much of what looks significant is expected to be false."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["benjamini_hochberg"]


def benjamini_hochberg(p_values: np.ndarray, *, family: np.ndarray) -> np.ndarray:
    """Return p-values adjusted for the false discovery rate within each family, in the given order.

    Parameters
    ----------
    p_values
        Shape (tests,). NaN is no test: it stays NaN and does not count.
    family
        Label of each test's family, shape (tests,).

    Raises
    ------
    ValueError
        If a p-value lies outside [0, 1].

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995), *Journal of the Royal Statistical Society B* 57(1), 289-300.
    """
    tests = pd.DataFrame({"p": np.asarray(p_values, float), "family": np.asarray(family)})
    known = tests.dropna(subset="p").sort_values("p", ascending=False, kind="stable")
    outside = known.loc[~known["p"].between(0, 1), "p"]
    if not outside.empty:
        raise ValueError(f"p_values has {outside.iloc[0]}, outside [0, 1]")
    families = known.groupby("family", sort=False)
    size = families["p"].transform("size")
    known["scaled"] = np.minimum(known["p"] * size / (size - families.cumcount()), 1.0)
    return families["scaled"].cummin().reindex(tests.index).to_numpy() if len(known) else tests["p"].to_numpy()
