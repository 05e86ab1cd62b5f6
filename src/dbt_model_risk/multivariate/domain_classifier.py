"""Whether a classifier can tell the current sample from the reference."""

from __future__ import annotations

import numpy as np

from dbt_model_risk.errors import UserError

__all__ = ["domain_auc"]

FOLDS, SEED = 5, 0


def domain_auc(reference: np.ndarray, current: np.ndarray) -> tuple[float, float]:
    """Return the cross-validated AUC of a random forest that separates two samples, and its standard error.

    Parameters
    ----------
    reference, current
        Shapes (cases, columns). Of the larger sample the first rows are used, as many as the other has.

    Returns
    -------
    auc, standard error
        0.5 where nothing separates them; out-of-fold probabilities of five fixed folds, pooled. The error is Hanley and
        McNeil's (1982), Radiology 143, 29-36.

    Raises
    ------
    UserError
        Without scikit-learn.
    """
    try:
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import StratifiedKFold, cross_val_predict
    except ImportError as error:
        raise UserError(
            "The domain classifier needs scikit-learn, which is not installed. Install dbt-model-risk[multivariate], "
            "or set the variable multivariate_logs to []."
        ) from error
    size = min(len(reference), len(current))
    cases = np.vstack([reference[:size], current[:size]])
    is_current = np.repeat([0, 1], size)
    forest = RandomForestClassifier(n_estimators=100, min_samples_leaf=10, n_jobs=1, random_state=SEED)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    given = cross_val_predict(forest, cases, is_current, cv=folds, method="predict_proba")[:, 1]
    auc = float(roc_auc_score(is_current, given))
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = (auc * (1 - auc) + (size - 1) * (q1 - auc**2 + q2 - auc**2)) / size**2
    return auc, float(np.sqrt(max(variance, 0)))
