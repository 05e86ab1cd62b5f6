"""Tests of expected shortfall against reference numbers, scipy and their own simulation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dbt_model_risk.market_risk.shortfall_metrics import CELLS, shortfall_metrics
from dbt_model_risk.market_risk.shortfall_null import critical_value, p_value, simulated_z1, simulated_z2, tail_ratios
from dbt_model_risk.market_risk.shortfall_tests import acerbi_szekely, multinomial_test, nass_correction

AS_OF = "2025-06-30"
ALL = ("all", "2023-11-01", AS_OF)
TAIL = 0.025
seeds = st.integers(0, 10_000)


def right_days(seed, days, *, scale=1.0):
    """Normal profit and loss whose forecasts are right, or too small by a factor."""
    pnl = np.random.default_rng(seed).normal(0, 1, days)
    return pnl, np.full(days, stats.norm.ppf(0.975) / scale), np.full(days, stats.norm.pdf(1.959964) / TAIL / scale)


def test_the_reference_series(shared, reference_case):
    series = pd.read_csv(shared / "reference_cases" / "data" / "var_series_300.csv").dropna()
    found = acerbi_szekely(series["pnl"], series["var_975"], series["es_975"], tail=TAIL)
    expected = reference_case("var_series_300")["expected"]["es_975"]
    assert found == pytest.approx((expected["z1"], expected["z2"], expected["x"]), abs=1e-12)


@pytest.mark.parametrize(
    ("days", "distribution", "level", "key"),
    [
        (250, "normal", 0.05, "T250_normal_5pct"),
        (250, "normal", 0.0001, "T250_normal_001pct"),
        (1966, "normal", 0.01, "T1966_normal_1pct"),
        (1966, "t3", 0.01, "T1966_t3_1pct"),
    ],
)
def test_published_critical_values(reference_case, days, distribution, level, key):
    """The value at 0.01 % needs the 60,000 paths of the reference; the default is for p-values of 1 % and 5 %."""
    simulated = simulated_z2(distribution, days, TAIL, paths=60_000 if level < 0.001 else 20_000)
    expected = reference_case("es_backtest_critical_values")["expected"][key]
    assert critical_value(simulated, level=level) == pytest.approx(expected, rel=0.05, abs=0.03)


def test_published_p_values():
    """MathWorks, documentation of unconditionalNormal and unconditionalT: Z2 = -0.38265 in 1,966 days."""
    assert p_value(-0.38265, simulated_z2("normal", 1966, TAIL)) == pytest.approx(0.0054, abs=0.002)
    assert p_value(-0.38265, simulated_z2("t3", 1966, TAIL)) == pytest.approx(0.0186, abs=0.003)


@pytest.mark.parametrize("distribution", ["normal", "t3"])
def test_the_simulated_statistics_are_what_a_right_model_gives(distribution):
    simulated = simulated_z2(distribution, 500, TAIL)
    assert tail_ratios(distribution, TAIL).mean() == pytest.approx(1.0, abs=1e-12)
    assert simulated.mean() == pytest.approx(0.0, abs=5 * simulated.std() / np.sqrt(simulated.size))
    assert simulated_z1(distribution, 12, TAIL).mean() == pytest.approx(0.0, abs=0.01)
    simulated_z2.cache_clear()
    assert np.array_equal(simulated, simulated_z2(distribution, 500, TAIL))
    with pytest.raises(ValueError, match="read-only"):
        simulated[0] = 0


def test_the_normal_tail_is_the_one_of_whole_days():
    """Z2 of simulated days, tail and body alike, has the simulated quantiles."""
    whole = [acerbi_szekely(*right_days(seed, 250), tail=TAIL).z2 for seed in range(1500)]
    assert stats.ks_2samp(whole, simulated_z2("normal", 250, TAIL)).pvalue > 0.01


@given(seed=seeds, factor=st.floats(0.1, 1000))
def test_the_currency_does_not_matter_and_order_neither(seed, factor):
    days = right_days(seed, 400)
    found = acerbi_szekely(*days, tail=TAIL)
    scaled = acerbi_szekely(*(x[::-1] * factor for x in days), tail=TAIL)
    assert scaled.exceptions == found.exceptions
    assert scaled.z2 == pytest.approx(found.z2, abs=1e-9)


def test_a_shortfall_that_is_too_small_is_negative_and_rejected():
    low = acerbi_szekely(*right_days(3, 1000, scale=1.4), tail=TAIL)
    assert low.z1 < 0 and low.z2 < -0.5
    assert p_value(low.z2, simulated_z2("normal", 1000, TAIL)) < 0.001


def test_no_exception_gives_the_highest_z2_and_no_z1():
    found = acerbi_szekely(np.ones(250), np.ones(250), np.ones(250), tail=TAIL)
    assert np.isnan(found.z1) and (found.z2, found.exceptions) == (1.0, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], [], []), "needs at least one day"),
        (([np.nan], [1], [1]), "must be finite"),
        (([1], [1], [0]), "expected_shortfall must be positive"),
    ],
)
def test_days_without_figures_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        acerbi_szekely(*arguments, tail=TAIL)


def test_an_unknown_distribution_is_refused():
    with pytest.raises(ValueError, match="distribution must be one of .*, not 'cauchy'"):
        tail_ratios("cauchy", TAIL)


def test_the_multinomial_reference(reference_case):
    case = reference_case("es_multinomial")
    found = multinomial_test(case["inputs"]["observed"], case["inputs"]["cells"])
    assert found == pytest.approx((case["expected"]["pearson"], case["expected"]["p"]), rel=1e-9)
    assert CELLS.tolist() == pytest.approx(case["inputs"]["cells"])


@given(counts=st.lists(st.integers(0, 300), min_size=5, max_size=5).filter(any))
def test_multinomial_is_the_chi_square_of_scipy(counts):
    expected = stats.chisquare(counts, np.sum(counts) * CELLS)
    found = multinomial_test(counts, CELLS)
    assert found == pytest.approx((expected.statistic, expected.pvalue), rel=1e-8, abs=1e-12)


def test_the_correction_matches_mean_and_variance_in_a_small_sample():
    """2,000 draws of 250 days: the corrected test rejects close to 5 %, the plain one more often."""
    draws = np.random.default_rng(1).multinomial(250, CELLS, 2000)
    plain = [multinomial_test(draw, CELLS) for draw in draws]
    corrected = [nass_correction(statistic, 250, CELLS)[1] for statistic, _ in plain]
    assert np.mean(np.array(corrected) < 0.05) == pytest.approx(0.05, abs=0.015)
    assert np.mean([p < 0.05 for _, p in plain]) > np.mean(np.array(corrected) < 0.05)
    assert nass_correction(3.0, 10**9, CELLS) == pytest.approx((3.0, stats.chi2.sf(3.0, 4)), rel=1e-5)


@pytest.mark.parametrize(
    ("counts", "cells", "message"),
    [([0, 0], [0.5, 0.5], "one must be positive"), ([1, 1], [0.5, 0.6], "add up to 1")],
)
def test_impossible_cells_are_refused(counts, cells, message):
    with pytest.raises(ValueError, match=message):
        multinomial_test(counts, cells)


def test_rows_of_a_log_without_levels(random_days, periods_of):
    days = random_days(1, count=300).assign(es_975=1.2)
    rows = shortfall_metrics(days, periods_of(ALL), as_of_date=AS_OF)
    found = rows[rows["variable"] == "pnl_actual"].set_index("metric")
    direct = acerbi_szekely(days["pnl_actual"], days["var_975"], days["es_975"], tail=TAIL)
    assert found.loc["acerbi_szekely_z2", ["value", "sample_size", "event_count"]].tolist() == [
        *(pytest.approx(direct.z2), 300, direct.exceptions)
    ]
    p_values = found.loc[["acerbi_szekely_z2_p_normal", "acerbi_szekely_z2_p_t3"], "value"]
    assert found.loc["acerbi_szekely_z2", "p_value"] == p_values.iloc[0] <= p_values.iloc[1]
    worse = rows[rows["variable"].isna()].set_index("metric")["value"]
    lowest = rows[rows["variable"].notna()].groupby("metric")["value"].min()
    assert worse.to_dict() == lowest[worse.index].to_dict() and len(worse) == 2
    multinomial = found.loc["es_multinomial_pearson"]
    assert pd.isna(multinomial["value"]) and multinomial["status_reason"] == "no_var_levels"


def test_rows_of_a_log_with_levels(random_days, periods_of):
    levels = {"var_975": 1.96, "var_98125": 2.08, "var_98750": 2.24, "var_99375": 2.50}
    days = random_days(1, count=300).assign(es_975=2.34, **levels)
    days.loc[:3, "var_98125"] = np.nan
    rows = shortfall_metrics(days, periods_of(ALL), as_of_date=AS_OF)
    found = rows[rows["variable"] == "pnl_actual"].set_index("metric")
    losses = -days["pnl_actual"].to_numpy()[4:]
    counts = np.bincount(np.searchsorted(list(levels.values()), losses), minlength=5)
    expected = multinomial_test(counts, CELLS)
    assert found.loc["es_multinomial_pearson", ["value", "p_value"]].tolist() == pytest.approx(expected)
    assert found.loc["es_multinomial_nass", "sample_size"] == 296


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_does_not_matter(random_days, periods_of, seed):
    days = random_days(1, count=60, null_share=0.1).assign(es_975=1.2)
    rows = shortfall_metrics(days, periods_of(ALL), as_of_date=AS_OF)
    shuffled = shortfall_metrics(days.sample(frac=1, random_state=seed), periods_of(ALL), as_of_date=AS_OF)
    pd.testing.assert_frame_equal(rows, shuffled)


def test_nothing_to_judge_is_an_empty_table(random_days, periods_of):
    days = random_days(1).assign(es_975=1.0)
    assert shortfall_metrics(days.head(0), periods_of(ALL), as_of_date=AS_OF).empty
