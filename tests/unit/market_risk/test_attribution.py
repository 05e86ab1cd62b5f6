"""P&L attribution against reference cases and scipy, and the zones at their boundaries."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from dbt_model_risk.market_risk.attribution import average_ranks, ks_distance, ks_p_value, pla_zone, spearman
from dbt_model_risk.market_risk.attribution_metrics import attribution_metrics

AS_OF = "2025-06-30"
ALL = ("all", "2023-11-01", AS_OF)
ZONES = {"green": 0, "amber": 1, "red": 2}
# Few distinct values, so that many tie.
tied = st.integers(3, 60).flatmap(lambda n: arrays.arrays(float, (2, n), elements=st.integers(-4, 4).map(float)))


@pytest.mark.parametrize("case_id", ["pla_a", "pla_b"])
def test_the_reference_cases(shared, reference_case, case_id):
    case = reference_case(case_id)
    pair = pd.read_csv(shared / "reference_cases" / case["inputs"]["csv"])[["hpl", "rtpl"]].to_numpy().T
    expected = case["expected"]
    rho, ks = spearman(*pair), ks_distance(*pair)
    assert (rho, ks) == pytest.approx((expected["spearman"], expected["ks"]), abs=1e-12)
    assert pla_zone(rho, ks) == ZONES[expected["zone"]]


def test_published_p_values(reference_case):
    case = reference_case("pla_ks_pvalues")
    for ks, expected in case["expected"]["kolmogorov_full"].items():
        assert ks_p_value(float(ks), case["inputs"]["n"], case["inputs"]["m"]) == pytest.approx(expected, rel=1e-9)


@given(pair=tied)
def test_both_figures_are_those_of_scipy(pair):
    assert average_ranks(pair[0]).tolist() == stats.rankdata(pair[0]).tolist()
    expected = stats.ks_2samp(*pair, method="asymp")
    assert ks_distance(*pair) == pytest.approx(expected.statistic, abs=1e-12)
    if (np.ptp(pair, axis=1) > 0).all():
        assert spearman(*pair) == pytest.approx(stats.spearmanr(*pair).statistic, abs=1e-12)
    else:
        assert np.isnan(spearman(*pair))


@given(pair=tied, seed=st.integers(0, 100))
def test_identity_symmetry_and_order(pair, seed):
    order = np.random.default_rng(seed).permutation(pair.shape[1])
    assert ks_distance(pair[0], pair[0]) == 0
    assert ks_distance(*pair) == ks_distance(*pair[::-1]) == ks_distance(pair[0], pair[1][order])
    if np.ptp(pair[0]) > 0:
        assert spearman(pair[0], pair[0]) == pytest.approx(1.0)
        assert spearman(pair[0], -pair[0]) == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("rho", "ks", "zone"),
    [
        (0.81, 0.08, "green"),
        (0.80, 0.08, "amber"),
        (0.81, 0.09, "amber"),
        (0.70, 0.12, "amber"),
        (0.69, 0.05, "red"),
        (0.90, 0.124, "red"),
        (0.1 + 0.7, 0.05, "amber"),
        (0.7, 0.3 - 0.18, "amber"),
    ],
)
def test_what_equals_a_boundary_is_amber(rho, ks, zone):
    assert pla_zone(rho, ks) == ZONES[zone]


@pytest.mark.parametrize(
    ("pair", "message"), [(([1, 2], [1]), "must have the same days"), (([1, np.nan], [1, 2]), "must be finite")]
)
def test_days_that_do_not_pair_are_refused(pair, message):
    for figure in (spearman, ks_distance):
        with pytest.raises(ValueError, match=message):
            figure(*pair)


def log(random_days, count, **columns):
    days = random_days(2, count=count)
    noise = np.random.default_rng(3).normal(0, 0.05, count)
    return days.assign(pnl_risk_theoretical=days["pnl_hypothetical"] + noise, **columns)


def test_rows_over_the_period_and_over_the_last_250_days(random_days, periods_of):
    days = log(random_days, 300)
    days.loc[10, "pnl_risk_theoretical"] = np.nan
    found = attribution_metrics(days, periods_of(ALL), as_of_date=AS_OF).set_index("metric")
    assert found["variable"].isna().all() and found["segment_value"].eq("book").all()
    whole = days.dropna(subset=["pnl_risk_theoretical"])[["pnl_hypothetical", "pnl_risk_theoretical"]].to_numpy().T
    for suffix, pair in [("", whole), ("_250", whole[:, -250:])]:
        expected = {"pla_spearman": stats.spearmanr(*pair).statistic, "pla_ks": stats.ks_2samp(*pair).statistic}
        for name, value in expected.items():
            assert found.loc[f"{name}{suffix}", "value"] == pytest.approx(value, abs=1e-12)
        assert found.loc[f"pla_zone{suffix}", ["value", "sample_size"]].tolist() == [0, pair.shape[1]]
    assert found.loc["pla_ks", "status_reason"] == "window_not_250"
    assert pd.isna(found.loc["pla_ks_250", "status_reason"])
    assert found.loc["pla_ks_250", "p_value"] == pytest.approx(stats.kstwobign.sf(np.sqrt(125) * expected["pla_ks"]))


@pytest.mark.parametrize(("count", "value", "reason"), [(59, None, "small_sample"), (60, 0.0, "window_not_250")])
def test_fewer_than_sixty_days_are_not_judged(random_days, periods_of, count, value, reason):
    found = attribution_metrics(log(random_days, count), periods_of(ALL), as_of_date=AS_OF).set_index("metric")
    assert found["status_reason"].eq(reason).all()
    zone = found.loc["pla_zone", "value"]
    assert (None if pd.isna(zone) else zone) == value


def test_a_constant_profit_and_loss_has_no_correlation(random_days, periods_of):
    days = log(random_days, 100).assign(pnl_risk_theoretical=0.0)
    found = attribution_metrics(days, periods_of(ALL), as_of_date=AS_OF).set_index("metric")
    assert found.loc[["pla_spearman", "pla_zone"], "status_reason"].eq("constant_pnl").all()
    assert found.loc["pla_ks", "value"] > 0.3


def test_a_log_without_theoretical_profit_and_loss_has_no_rows(random_days, periods_of):
    days = log(random_days, 100).assign(pnl_risk_theoretical=np.nan)
    assert attribution_metrics(days, periods_of(ALL), as_of_date=AS_OF).empty
