"""The drop of the AUC since validation against scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from score_cases import reference_case

from dbt_model_risk.discrimination.auc_drop import auc_drop

share = st.floats(0, 1)


@given(share, share, st.floats(1e-3, 0.5))
def test_p_is_the_upper_tail_of_the_normal(validated, auc, error):
    drop, p_value = auc_drop(np.array(validated), np.array(auc), standard_error=np.array(error))
    assert drop == validated - auc
    assert p_value == pytest.approx(stats.norm.sf(validated, loc=auc, scale=error), abs=1e-12)


def test_the_asah_score_against_a_constant():
    """The variance that pROC gives one score; AUC at validation is no estimate, so it adds none."""
    expected = reference_case("auc_delong_asah")["expected"]
    auc, error = np.array(expected["auc_1"]), np.sqrt(expected["var_1"])
    drop, p_value = auc_drop(np.array(0.9), auc, standard_error=np.array(error))
    assert (drop, p_value) == (pytest.approx(0.0763212), pytest.approx(stats.norm.sf(drop / error)))
    assert 0.02 < p_value < 0.03


@pytest.mark.parametrize("error", [0, np.nan])
def test_without_a_variance_there_is_a_drop_but_no_test(error):
    drop, p_value = auc_drop(np.array(0.9), np.array(0.8), standard_error=np.array(error))
    assert drop == pytest.approx(0.1) and np.isnan(p_value)
