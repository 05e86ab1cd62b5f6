"""The traffic light against the Basel tables and scipy's binomial distribution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.market_risk.traffic_light import add_on, zone

counts = st.integers(1, 600).flatmap(lambda days: st.tuples(st.integers(0, days), st.just(days)))


def test_the_tables_for_250_days():
    """Zones: Basel Committee (1996), table 2. Multipliers: the same table, and MAR32.9."""
    exceptions = np.arange(14)
    assert zone(exceptions, 250).tolist() == [0] * 5 + [1] * 5 + [2] * 4
    basel_1996 = [3.0] * 5 + [3.4, 3.5, 3.65, 3.75, 3.85] + [4.0] * 4
    mar32_9 = [1.5] * 5 + [1.7, 1.76, 1.83, 1.88, 1.92] + [2.0] * 4
    assert 3.0 + add_on(exceptions, 250, framework="basel_1996") == pytest.approx(basel_1996)
    assert 1.5 + add_on(exceptions, 250, framework="mar32_9") == pytest.approx(mar32_9)


def test_the_reference_table(reference_case):
    table = reference_case("basel_traffic_light_250")["expected"]["table"]
    exceptions = [row["exceptions"] for row in table]
    lights = np.array(["green", "amber", "red"])[zone(exceptions, 250)]
    assert lights.tolist() == [row["zone"] for row in table]
    for framework, base, column in [("mar32_9", 1.5, "mult_frtb"), ("basel_1996", 3.0, "mult_basel25")]:
        found = base + add_on(exceptions, 250, framework=framework)
        assert found == pytest.approx([row[column] for row in table])


@given(case=counts)
def test_other_windows_are_cut_at_the_same_probabilities(case):
    exceptions, days = case
    probability = stats.binom.cdf(exceptions, days, 0.01)
    expected = int(probability >= 0.95) + int(probability >= 0.9999) if exceptions else 0
    assert zone(exceptions, days) == expected


@pytest.mark.parametrize("framework", ["mar32_9", "basel_1996"])
@given(days=st.integers(1, 600))
def test_an_add_on_belongs_to_its_zone_and_never_falls(framework, days):
    exceptions = np.arange(days + 1)
    added, lights = add_on(exceptions, days, framework=framework), zone(exceptions, days)
    highest = add_on(250, 250, framework=framework)
    assert ((added == 0) == (lights == 0)).all()
    assert ((added == highest) == (lights == 2)).all()
    assert (np.diff(added) >= 0).all() and (np.diff(lights) >= 0).all()


def test_a_shorter_window_is_read_at_the_count_of_250_days_as_improbable():
    """P(X <= 3 | 100 days) = 98.16 % lies between 5 (95.88 %) and 6 (98.63 %) exceptions in 250 days."""
    assert add_on(3, 100, framework="mar32_9") == 0.26


def test_an_unknown_framework_is_refused():
    with pytest.raises(ValueError, match="one of .*mar32_9.*, not 'basel_2'"):
        add_on(5, 250, framework="basel_2")
