"""The SQL metrics against scikit-learn, scipy and numpy: dbt compiles the models, DuckDB runs them on small tables."""

from datetime import date, datetime

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from score_cases import reference_case, reference_rows
from sklearn import metrics as sk

AS_OF = date(2025, 6, 30)
EXACT = 2**50
VERSION = {"log_id": "l", "model_id": "m", "model_version": "1"}
MONTH = {"period_grain": "month", "period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31)}
MODEL = {"model_id": "m", "score_direction": "higher_is_event", "recorded_at": datetime(2024, 1, 1)}


@pytest.fixture(scope="session")
def measure(compiled):
    """Runs one metric model on the given evidence; the answer has one row per metric."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as model_risk; use model_risk")
    connection.execute("create schema metrics; create schema registers; create schema evidence")

    def run(model, evidence, *, problem_type="binary"):
        period = pd.DataFrame([VERSION | MONTH | {"problem_type": problem_type, "outcome_horizon_days": 90}])
        source = "evd_log_intake" if model == "met_deliveries" else "evd_score_outcomes"
        for table, frame in {
            "metrics.met_periods": period.astype({"outcome_horizon_days": "int32"}),
            **{"registers.models": pd.DataFrame([MODEL]), f"evidence.{source}": evidence},
        }.items():
            connection.register("frame", frame)
            connection.execute(f"create or replace table {table} as select * from frame")
        return connection.execute(compiled[model]).df().set_index("metric")

    return run


def outcome_rows(score, outcome, *, resolution=EXACT, predicted=None, interval=None, levels=None):
    """One evidence row per case, as the outcome evidence would sum a single case."""
    score, outcome = np.asarray(score, float), np.asarray(outcome, float)
    lower, upper = interval or (np.inf, np.inf)
    return pd.DataFrame(
        {
            **VERSION | {"segment_key": "all", "segment_value": "all"},
            **{"event_date": date(2025, 1, 15), "known_date": date(2025, 4, 1)},
            "score_bin": np.floor(score * resolution).astype("int64"),
            "score_resolution": resolution,
            "predicted_class": "0" if predicted is None else np.asarray(predicted, int).astype(str),
            "outcome_class": outcome.astype(int).astype(str),
            "n": 1,
            "score_sum": score,
            "score_square_sum": score**2,
            "outcome_sum": outcome,
            "outcome_square_sum": outcome**2,
            "score_outcome_sum": score * outcome,
            "absolute_error_sum": np.abs(score - outcome),
            "log_loss_sum": -np.log(np.clip(np.where(outcome == 1, score, 1 - score), 1e-15, 1)),
            "hit_count": (np.sign(score) == np.sign(outcome)).astype(int),
            "interval_count": int(interval is not None),
            "covered_count": ((lower <= outcome) & (outcome <= upper)).astype(int),
            **{
                f"pinball_{end}_sum": pinball(outcome, bound, level) if interval and levels else np.nan
                for end, bound, level in zip(("lower", "upper"), (lower, upper), levels or (0, 0), strict=True)
            },
        }
    )


def pinball(outcome, bound, level):
    return np.where(outcome >= bound, level * (outcome - bound), (1 - level) * (bound - outcome))


def probabilities(seed, count=400, decimals=16):
    """Scores with events drawn from them; few decimals make ties and scores on the edges of tenths."""
    rng = np.random.default_rng(seed)
    score = np.round(rng.uniform(0.01, 0.99, count), decimals)
    outcome = (rng.uniform(size=count) < score).astype(int)
    outcome[:2] = 0, 1
    return score, outcome


def delong_interval(score, outcome):
    """The interval by placements, case by case."""
    events, nonevents = score[outcome == 1], score[outcome == 0]
    wins = (events[:, None] > nonevents) + 0.5 * (events[:, None] == nonevents)
    variance = wins.mean(1).var(ddof=1) / len(events) + wins.mean(0).var(ddof=1) / len(nonevents)
    return wins.mean() + np.sqrt(variance) * stats.norm.ppf([0.025, 0.975])


def captured(score, outcome):
    """Events among the riskiest tenth of the cases; those tied at the cut by the share of them that is inside."""
    cut = np.sort(score)[::-1][len(score) // 10 - 1]
    above, tied = score > cut, score == cut
    return outcome[above].sum() + (len(score) // 10 - above.sum()) * outcome[tied].mean()


def wilson(successes, trials):
    return tuple(stats.binomtest(int(successes), int(trials)).proportion_ci(method="wilson"))


@pytest.mark.parametrize("decimals", [16, 2, 1])
def test_discrimination_equals_scikit_learn(measure, decimals):
    score, outcome = probabilities(11, decimals=decimals)
    found = measure("met_discrimination", outcome_rows(score, outcome))
    expected = {
        "auc": sk.roc_auc_score(outcome, score),
        "gini": 2 * sk.roc_auc_score(outcome, score) - 1,
        "ks_separation": stats.ks_2samp(score[outcome == 1], score[outcome == 0]).statistic,
        "average_precision": sk.average_precision_score(outcome, score),
        "capture_top_decile": captured(score, outcome) / outcome.sum(),
    }
    assert found["value"].to_dict() == pytest.approx(expected, rel=1e-11)
    assert (found["error_bound"] == 0).all()
    assert found.loc["auc", ["ci_low", "ci_high"]].tolist() == pytest.approx(delong_interval(score, outcome), rel=1e-11)


@pytest.mark.parametrize("score_column", ["wfns", "s100b"])
def test_delong_of_the_asah_case(measure, score_column):
    """The data of roc.test in R's pROC; its AUC and DeLong variance."""
    case, rows = reference_case("auc_delong_asah"), reference_rows("aSAH")
    number = {"wfns": 1, "s100b": 2}[score_column]
    found = measure("met_discrimination", outcome_rows(rows[score_column], rows["y"]))
    expected = case["expected"][score_column]
    names = {"auc": "auc", "gini": "gini", "ks": "ks_separation", "average_precision": "average_precision"}
    for published, metric in names.items():
        assert found["value"][metric] == pytest.approx(expected[published], abs=1e-9)
    error = (found.loc["auc", "ci_high"] - found.loc["auc", "ci_low"]) / 2 / stats.norm.ppf(0.975)
    assert error**2 == pytest.approx(case["expected"][f"var_{number}"], rel=1e-9)


def test_the_prob_200_case(measure):
    """Two hundred scores of two decimals; scikit-learn's figures, whole and by group."""
    expected, rows = reference_case("prob_200")["expected"], reference_rows("prob_200")
    of_ranks = measure("met_discrimination", outcome_rows(rows["p"], rows["y"]))["value"]
    of_rates = measure("met_calibration", outcome_rows(rows["p"], rows["y"]))["value"]
    found = {
        **of_ranks[["auc", "gini", "average_precision"]],
        "ks": of_ranks["ks_separation"],
        "log_loss": of_rates["log_loss"],
    }
    published = expected["discrimination"]
    assert found == pytest.approx({name: published[name] for name in found}, abs=1e-9)
    assert of_rates["brier"] == pytest.approx(expected["calibration"]["brier"], abs=1e-9)
    for group, figures in expected["by_group"].items():
        part = rows[rows["grp"] == group]
        auc = measure("met_discrimination", outcome_rows(part["p"], part["y"]))["value"]["auc"]
        assert auc == pytest.approx(figures["auc"], abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), resolution=st.integers(1, 30), decimals=st.sampled_from([2, 16]))
def test_error_bounds_hold_the_unbinned_metric(measure, seed, resolution, decimals):
    score, outcome = probabilities(seed, count=40, decimals=decimals)
    binned = measure("met_discrimination", outcome_rows(score, outcome, resolution=resolution))
    exact = measure("met_discrimination", outcome_rows(score, outcome))
    assert (abs(binned["value"] - exact["value"]) <= binned["error_bound"] + 1e-11).all()


def test_the_bounds_are_reached_by_the_best_order_inside_a_bin(measure):
    score, outcome = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0, 0, 1, 1])
    binned = measure("met_discrimination", outcome_rows(score, outcome, resolution=1))
    exact = measure("met_discrimination", outcome_rows(score, outcome))
    for found in (exact["value"] - binned["value"], binned["error_bound"]):
        assert found.tolist() == pytest.approx([0.5, 1, 1, 0.5, 0.1], abs=1e-15)


@pytest.mark.parametrize("decimals", [16, 2, 1])
@pytest.mark.parametrize("resolution", [EXACT, 10_000])
def test_calibration_equals_scikit_learn(measure, decimals, resolution):
    score, outcome = probabilities(21, decimals=decimals)
    found = measure("met_calibration", outcome_rows(score, outcome, resolution=resolution))
    tenth = pd.Series(np.digitize(score, np.arange(1, 10) / 10))
    gaps = pd.Series(outcome - score).groupby(tenth).sum()
    expected = {
        "observed_rate": outcome.mean(),
        "mean_score_matured": score.mean(),
        "observed_expected_ratio": outcome.mean() / score.mean(),
        "observed_expected_gap": abs(np.log(outcome.mean() / score.mean())),
        "brier": sk.brier_score_loss(outcome, score),
        "log_loss": sk.log_loss(outcome, score),
        "ece": gaps.abs().sum() / len(score),
        "mce": (gaps / tenth.value_counts()).abs().max(),
    }
    assert found["value"].to_dict() == pytest.approx(expected, rel=1e-9)
    assert (found["error_bound"][["ece", "mce"]] == 0).all()
    assert found.loc["observed_rate", ["ci_low", "ci_high"]].tolist() == pytest.approx(wilson(outcome.sum(), 400))


def test_certain_scores_stay_finite(measure):
    found = measure("met_calibration", outcome_rows([0, 1, 0, 1], [0, 1, 1, 0]))["value"]
    assert found["log_loss"] == pytest.approx(-np.log(1e-15) / 2)
    assert found["brier"] == found["ece"] == 0.5


@settings(max_examples=10, deadline=None)
@example(seed=2, resolution=90)
@given(seed=st.integers(0, 10_000), resolution=st.integers(11, 300))
def test_errors_in_tenths_on_bins_that_straddle_an_edge_are_bounded(measure, seed, resolution):
    score, outcome = probabilities(seed, count=60)
    binned = measure("met_calibration", outcome_rows(score, outcome, resolution=resolution)).loc[["ece", "mce"]]
    exact = measure("met_calibration", outcome_rows(score, outcome)).loc[["ece", "mce"]]
    assert (abs(binned["value"] - exact["value"]) <= binned["error_bound"] + 1e-12).all()
    edges_open_bins = all(np.floor(k / 10 * resolution) * 10 == k * resolution for k in range(1, 10))
    assert not edges_open_bins or (binned["error_bound"] == 0).all()


def test_classification_equals_scikit_learn(measure):
    score, outcome = probabilities(31)
    predicted = score > 0.6
    found = measure("met_classification", outcome_rows(score, outcome, predicted=predicted))
    scorers = [sk.accuracy_score, sk.precision_score, sk.recall_score, sk.f1_score]
    assert found["value"].tolist() == pytest.approx([scorer(outcome, predicted) for scorer in scorers], rel=1e-12)
    for metric, trials in [("precision", predicted.sum()), ("recall", outcome.sum())]:
        interval = wilson((predicted & (outcome == 1)).sum(), trials)
        assert found.loc[metric, ["ci_low", "ci_high"]].tolist() == pytest.approx(interval)


@pytest.mark.parametrize("offset", [0, 1000])
def test_regression_equals_scikit_learn(measure, offset):
    rng = np.random.default_rng(41)
    score = rng.normal(offset, 1, 300)
    outcome = 0.5 * score + rng.normal(0.1, 1, 300)
    rows = outcome_rows(score, outcome, resolution=1, interval=(score - 1, score + 1), levels=(0.05, 0.9))
    found = measure("met_regression", rows, problem_type="regression")
    error = score - outcome
    expected = {
        "mae": sk.mean_absolute_error(outcome, score),
        "rmse": sk.root_mean_squared_error(outcome, score),
        "bias": error.mean(),
        "r2": sk.r2_score(outcome, score),
        "pearson": stats.pearsonr(score, outcome).statistic,
        "hit_rate": (np.sign(score) == np.sign(outcome)).mean(),
        "interval_coverage": (abs(error) <= 1).mean(),
        "pinball_loss_lower": sk.mean_pinball_loss(outcome, score - 1, alpha=0.05),
        "pinball_loss_upper": sk.mean_pinball_loss(outcome, score + 1, alpha=0.9),
    }
    assert found["value"].to_dict() == pytest.approx(expected, rel=1e-7)
    interval = error.mean() + stats.norm.ppf([0.025, 0.975]) * error.std(ddof=1) / np.sqrt(300)
    assert found.loc["bias", ["ci_low", "ci_high"]].tolist() == pytest.approx(interval)


def test_an_interval_counted_before_its_level_was_declared_has_no_pinball_loss(measure):
    score, outcome = np.random.default_rng(43).normal(size=(2, 300))
    before = outcome_rows(score[:10], outcome[:10], interval=(score[:10] - 1, score[:10] + 1))
    after = outcome_rows(score[10:], outcome[10:], interval=(score[10:] - 1, score[10:] + 1), levels=(0.1, 0.9))
    found = measure("met_regression", pd.concat([before, after]), problem_type="regression")
    assert found.loc["interval_coverage", "sample_size"] == 300
    for metric in ("pinball_loss_lower", "pinball_loss_upper"):
        assert pd.isna(found.loc[metric, "value"]) and found.loc[metric, "status_reason"] == "not_declared"


def ranked_rows(score, outcome, resolution):
    """Evidence of values that are binned so that they can be ranked."""
    bins = np.floor(np.asarray(outcome, float) * resolution).astype("int64").astype(str)
    return outcome_rows(score, outcome, resolution=resolution).assign(outcome_class=bins)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), resolution=st.sampled_from([2, 10, 1000, 10**12]))
def test_rank_correlation_equals_scipy_on_the_bins(measure, seed, resolution):
    rng = np.random.default_rng(seed)
    score = rng.normal(size=200)
    outcome = rng.uniform(-1, 1) * score + rng.normal(size=200)
    found = measure("met_rank_correlation", ranked_rows(score, outcome, resolution), problem_type="regression")
    rho = stats.spearmanr(np.floor(score * resolution), np.floor(outcome * resolution)).statistic
    assert found.loc["spearman_ic", "value"] == pytest.approx(rho, abs=1e-12)
    margin = stats.norm.ppf(0.975) * np.sqrt((1 + rho**2 / 2) / 197)
    interval = np.tanh(np.arctanh(rho) + margin * np.array([-1, 1]))
    assert found.loc["spearman_ic", ["ci_low", "ci_high"]].tolist() == pytest.approx(interval, abs=1e-9)
    # A monotone change of the forecast changes no rank.
    doubled = ranked_rows(2 * np.floor(score * resolution) / resolution, outcome, resolution)
    scaled = measure("met_rank_correlation", doubled, problem_type="regression")
    assert scaled.loc["spearman_ic", "value"] == found.loc["spearman_ic", "value"]


def test_what_cannot_be_ranked_says_why(measure):
    values, constant = np.random.default_rng(45).normal(size=300), np.full(300, 0.1)
    rows = ranked_rows(values, values, 1000)
    unbinned = rows.assign(score_bin=None, outcome_class=None).astype({"score_bin": "Int64", "outcome_class": "string"})
    cases = {
        "zero_variance": ranked_rows(values, constant, 1000),
        "constant_score": ranked_rows(constant, values, 1000),
        "not_declared": unbinned,
        "definition_changed": pd.concat([rows, ranked_rows(values, values, 10)]),
    }
    for reason, evidence in cases.items():
        found = measure("met_rank_correlation", evidence, problem_type="regression").loc["spearman_ic"]
        assert pd.isna(found["value"]) and found["status_reason"] == reason
    mixed = measure("met_rank_correlation", pd.concat([rows, unbinned.head(5)]), problem_type="regression")
    assert mixed.loc["spearman_ic", "status_reason"] == "definition_changed"
    perfect = measure("met_rank_correlation", rows, problem_type="regression").loc["spearman_ic"]
    assert perfect[["value", "ci_low", "ci_high"]].tolist() == [1, 1, 1]


def test_rounding_is_no_variance(measure):
    constant, varied = np.full(300, 0.1), np.random.default_rng(42).normal(size=300)
    flat = measure("met_regression", outcome_rows(varied, constant), problem_type="regression")["status_reason"]
    assert flat[["r2", "pearson"]].tolist() == ["zero_variance", "zero_variance"]
    flat = measure("met_regression", outcome_rows(constant, varied), problem_type="regression")["status_reason"]
    assert pd.isna(flat["r2"]) and flat["pearson"] == "constant_score"


@pytest.mark.parametrize(
    "model",
    ["met_discrimination", "met_calibration", "met_classification", "met_regression", "met_rank_correlation"],
)
def test_evidence_is_additive(measure, model):
    """Order, grouping and corrections of evidence rows change no metric, the order not a single digit."""
    problem_type = "regression" if model in ("met_regression", "met_rank_correlation") else "binary"
    score, outcome = probabilities(51, count=200, decimals=2)
    levels = {"levels": (0.1, 0.9)}
    rows = outcome_rows(score, outcome, predicted=score > 0.5, interval=(score - 0.5, score + 0.5), **levels)
    sums = rows.columns[rows.columns.get_loc("n") :]
    wrong = outcome_rows([0.77, 0.1234567], [1, 0], predicted=[0, 1], interval=(0, 1), **levels)
    undone = wrong.assign(known_date=date(2025, 5, 1), **-wrong[sums])
    corrected = pd.concat([rows, wrong, undone]).sample(frac=1, random_state=7)
    summed = rows.groupby(list(rows.columns.drop(sums)), as_index=False).sum()
    whole = measure(model, rows, problem_type=problem_type)
    assert whole["value"].notna().all()
    pd.testing.assert_frame_equal(measure(model, corrected, problem_type=problem_type), whole, rtol=0, atol=0)
    pd.testing.assert_frame_equal(measure(model, summed, problem_type=problem_type), whole, rtol=1e-11)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(2, 120), silence=st.sampled_from([0.05, 0.2, 0.5]))
def test_missing_days_are_those_of_regular_weekdays(measure, seed, count, silence):
    """The calendar is counted with pandas: a weekday is regular when active in four weeks of five, and in four."""
    days = pd.date_range(end=AS_OF, periods=count)
    active = pd.Series(np.random.default_rng(seed).uniform(size=count) > silence, index=days)
    active.iloc[[0, -1]] = True
    weekdays = active.groupby(days.day_of_week)
    expected = (weekdays.transform("mean") >= 0.8) & (weekdays.transform("size") >= 4)
    intake = pd.DataFrame([VERSION | {"log_kind": "prediction", "reject_reason": None, "n": 3}] * active.sum())
    dates = list(days[active].date)
    found = measure("met_deliveries", intake.assign(event_date=dates, known_date=dates))
    found = found.query("period_grain == 'as_of'").loc["missing_day_count"]
    assert found["sample_size"] == expected.sum()
    assert (
        found["value"] == (expected & ~active).sum() if expected.any() else found["status_reason"] == "no_daily_pattern"
    )
