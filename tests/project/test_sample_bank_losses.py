"""The loss back-tests of the sample bank are what its delivered rows give. Oracle: scipy.stats, case by case."""

import duckdb
import numpy as np
import pytest
from scipy import stats

LOWER_ENDS = [0.05, *np.arange(1, 11) / 10]
COHORT = ["segment_key", "segment_value", "period_grain", "period_start"]


@pytest.fixture(scope="module")
def database(warehouse):
    path, _ = warehouse
    with duckdb.connect(path, read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def cases(database):
    """Delivered estimates beside the last outcome known on the as-of date."""
    predictions, outcomes = (
        database.execute(f"from sample_bank.bank_credit_lgd_{side} where loaded_at < '2025-07-01'").df()
        for side in ("predictions", "outcomes")
    )
    sound = predictions["prediction_id"].notna() & np.isfinite(predictions["estimated_lgd"].astype(float))
    sound = predictions[sound].drop_duplicates("prediction_id")
    is_broken = (outcomes["outcome_status"] == "final") & outcomes["outcome"].isna()
    latest = outcomes[~is_broken].sort_values("loaded_at", kind="stable").drop_duplicates("prediction_id", keep="last")
    final = latest[latest["outcome_status"] == "final"]
    return sound.merge(final[["prediction_id", "outcome"]], on="prediction_id")


def back_test(rows):
    """The measures of one cohort, straight from its cases."""
    estimated, realised, exposure = (rows[name] for name in ("estimated_lgd", "outcome", "exposure_at_default"))
    segments = [np.searchsorted(LOWER_ENDS, side, side="right") for side in (realised, estimated)]
    test = stats.ttest_1samp(realised - estimated, 0, alternative="greater")
    return {
        "generalised_auc": (stats.somersd(*segments).statistic + 1) / 2,
        "loss_t_test": test.statistic,
        "loss_mean_error": (realised - estimated).mean(),
        "loss_shortfall": 1 - (exposure * estimated).sum() / (exposure * realised).sum(),
    }


def test_every_cohort_equals_a_back_test_of_its_cases(database, cases):
    found = database.execute(
        """
        from metrics.met_losses
        where model_id = 'retail_credit_lgd' and value is not null
        """
    ).df()
    days = cases["predicted_at"].dt.normalize()
    compared = 0
    for place, metrics in found.groupby([*COHORT, "period_end"]):
        key, value, _, start, end = place
        inside = days.between(start, end)
        rows = cases[inside & (cases[key] == value)] if key != "all" else cases[inside]
        expected = back_test(rows)
        values = metrics.set_index("metric")["value"]
        assert (metrics["sample_size"] == len(rows)).all(), place
        assert values[list(expected)].to_dict() == pytest.approx(expected, rel=1e-9, abs=1e-9), place
        compared += 1
    # eight matured quarters with each product, and months of all loans
    assert compared > 8 * 3 + 24
    assert set(found["segment_key"]) == {"all", "product", "collateral"}


def test_estimates_are_right_on_average_and_rank_the_losses(database):
    verdicts = database.execute(
        """
        select policy_id, rag_status from policies.pol_evaluations
        where model_id = 'retail_credit_lgd' and segment_key = 'all'
        """
    ).df()
    assert ("loss_calibration", "green") in set(verdicts.itertuples(index=False, name=None))
    assert not verdicts["rag_status"].eq("red").any()
    outcomes = "select outcome_class, sum(n) from evidence.evd_score_outcomes "
    outcomes += "where log_id = 'retail_banking__credit_lgd' and segment_key = 'all' group by all"
    counts = dict(database.execute(outcomes).fetchall())
    # every segment of the ECB is met: recoveries beyond the debt and losses beyond it too
    assert set(counts) == {str(segment) for segment in range(12)}
