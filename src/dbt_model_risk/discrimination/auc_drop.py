"""Whether a model ranks worse than when it was validated."""

from __future__ import annotations

import numpy as np
from scipy import special

__all__ = ["auc_drop"]


def auc_drop(
    validated_auc: np.ndarray, auc: np.ndarray, *, standard_error: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the drop of the AUC and the one-sided p-value of no drop, each of shape (...).

    The AUC at the initial validation is a constant, not an estimate: only the cohort's own variance counts. p is NaN
    where that is 0 or unknown.

    Parameters
    ----------
    validated_auc, auc
        AUC at the initial validation and of the cohort, shape (...).
    standard_error
        Standard error of the cohort's AUC, same shape.

    References
    ----------
    ECB (2019), *Instructions for reporting the validation results of internal models*, section 2.5.4; DeLong, DeLong
    and Clarke-Pearson (1988), *Biometrics* 44, 837-845 (the variance).
    """
    drop = validated_auc - auc
    error = np.where(standard_error > 0, standard_error, np.nan)
    return drop, special.ndtr(-drop / error)
