"""The driver of a satellite model, read off the path of a scenario."""

from __future__ import annotations

import numpy as np

__all__ = ["TRANSFORMS", "driver_of_path"]

TRANSFORMS = {"mean_change": np.mean, "largest_change": np.max, "smallest_change": np.min}


def driver_of_path(changes: np.ndarray, *, transform: str, quarters: int) -> float:
    """Return one number for a path of changes from its jump-off.

    Parameters
    ----------
    changes
        Value of the factor at steps 1, 2, ... less its value at step 0, shape (steps,). A single shock is a path of
        one step: it stays.
    transform
        mean_change, largest_change or smallest_change.
    quarters
        How many steps count, from the first.

    Raises
    ------
    ValueError
        If the transform is unknown, no quarter counts or the path is neither one step nor long enough.
    """
    if transform not in TRANSFORMS:
        raise ValueError(f"driver transform {transform!r} is none of {', '.join(TRANSFORMS)}")
    if quarters < 1:
        raise ValueError(f"quarters has to be at least 1, not {quarters}")
    changes = np.asarray(changes, float)
    if len(changes) != 1 and len(changes) < quarters:
        raise ValueError(f"the path has {len(changes)} steps, fewer than the {quarters} quarters that count")
    return float(TRANSFORMS[transform](changes[:quarters]))
