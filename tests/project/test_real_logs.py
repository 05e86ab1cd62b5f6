"""Four real logs, onboarded as a bank would, against numbers that scikit-learn, scipy and vartests gave for them.

The data and their expected.json lie outside the project. Every row of expected.json is either compared or named in
OUT_OF_SCOPE: the sum is asserted.
"""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from real_logs_driver import BY_OUTCOME, DATA, RealLogs, published
from scipy import special, stats
from scipy.spatial import distance
from sklearn.metrics import mean_pinball_loss

from dbt_model_risk.estimated_performance.metrics import Assumptions, estimate_metrics

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real logs are not there: no folder {DATA}")

DATASETS = ["retail_sba_pd", "wealth_return_forecast", "wealth_term_deposit", "investment_usgov_var"]
RELATIVE, ABSOLUTE = 1e-9, 1e-12
FLOOR = 1e-4

# Published name: metric, column of its row, and the table that must have it.
NAMES = {
    "n": "prediction_count",
    "n_matured": "matured_count",
    "base_rate": "observed_rate",
    "oe_ratio": "observed_expected_ratio",
    "group_auc": "auc",
    "group_base_rate": "observed_rate",
    "tpr": "recall",
    "fpr": "false_positive_rate",
    "ks_drift": "ks",
    "ks_drift_p": "ks",
    "chi2": "chi_square",
    "chi2_p": "chi_square",
    "var_n": "day_count",
    "var_exceptions": "var_990_exceptions",
    "kupiec_p": "kupiec_lr",
    "binomial_p_upper": "binomial_upper",
    "christoffersen_ind_p": "christoffersen_ind_lr",
    "christoffersen_cc_p": "christoffersen_cc_lr",
    "duration_p": "duration_lr",
    "max_consecutive_exceptions": "longest_exception_run",
    "pinball_loss_99": "pinball_loss_990",
    "mean_var_99": "mean_var_990",
    "traffic_light_multiplier_addon": "traffic_light_addon_1996",
}
P_VALUES = {
    *("ks_drift_p", "chi2_p", "kupiec_p", "binomial_p_upper", "christoffersen_ind_p", "christoffersen_cc_p"),
    "duration_p",
}
# Published from a search that ends when it knows the Weibull shape to 1e-5.
BY_SEARCH = {"duration_lr": 1e-6, "duration_p": 1e-6}
BOUNDED = {"ks_drift", "wasserstein"}
SEGMENTS = {
    ("retail_sba_pd", "segment"): "industry",
    ("wealth_equity_return", "segment"): "valuation",
    ("wealth_deposit_propensity", "segment"): "occupation",
}
OF_DECISIONS = {"selection_rate", "adverse_impact_ratio"}
ACROSS_GROUPS = {"demographic_parity_ratio", "equalized_odds_difference"}
ZONES = {"green": 0, "amber": 1, "red": 2}

OUT_OF_SCOPE = {
    "transition_table": "published as text; judged through christoffersen_ind_lr",
}


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """The consumer project, built once for a day on which every outcome is due."""
    bank = RealLogs(tmp_path_factory.mktemp("real_logs"))
    bank.build()
    return bank


@pytest.fixture(scope="module")
def answers(bank):
    """The metrics of that day, of every earlier day with published numbers, and of the samples before deployment.

    Only met_periods and what follows is computed again: the evidence holds what was known on which day.
    """
    dates = {row["as_of"] for name in DATASETS for row in published(name)["rows"] if row["as_of"]}
    answers = {"final": lookup(bank.rows(bank.tables))}
    for day in sorted(dates):
        answers[day] = lookup(bank.measure(BY_OUTCOME, as_of_date=day))
        answers[day]["visible"] = visible_outcomes(bank, day)
    answers["restatements"] = restatements(bank, "2009-12-31")
    # Had each version been in use since its sample began, grain 'all' would hold the samples, each a segment.
    bank.query("update registers.model_versions set deployed_at = baseline_from where baseline_from is not null")
    answers["samples"] = lookup(bank.measure(BY_OUTCOME))
    return answers


def lookup(rows: pd.DataFrame) -> dict:
    """Return metric rows by what names them."""
    keys = ["model_id", "model_version", "metric", "period_grain", "period", "segment_key", "segment_value", "variable"]
    rows = rows.assign(variable=rows["variable"].fillna(""))
    return dict(zip(rows[keys].itertuples(index=False, name=None), rows.to_dict("records"), strict=True))


def visible_outcomes(bank: RealLogs, day: str) -> dict:
    """Return how many outcomes of each version in use are known on a day, due or not."""
    return dict(
        bank.query(f"""
            select concat(outcomes.model_id, '|', outcomes.model_version), cast(sum(outcomes.n) as bigint)
            from evidence.evd_score_outcomes as outcomes
            inner join registers.model_versions as versions using (model_id, model_version)
            where segment_key = 'all' and known_date <= date '{day}' and event_date >= deployed_at
            group by 1
        """)
    )


def restatements(bank: RealLogs, day: str) -> pd.DataFrame:
    """Return the restatements of the first small-business model as of a day."""
    bank.compute(["met_restatements"], as_of_date=day)
    names = [name for name, *_ in bank.query("describe metrics.met_restatements")]
    rows = bank.query("from metrics.met_restatements where model_id = 'retail_sba_pd' and model_version = '1.0'")
    return pd.DataFrame(rows, columns=names).assign(period=lambda frame: frame["period_end"].astype(str).str[:4])


def row_of(expected: dict, answers: dict) -> dict | None:
    """Return the metric row that a published number is about."""
    samples = expected.get("dataset_role") in ("validation", "backtest")
    segment = expected["segment_col"] or "all"
    is_across = expected["metric"] in ACROSS_GROUPS
    variable = segment if is_across else "decision" if expected["metric"] in OF_DECISIONS else expected["feature"] or ""
    if is_across:
        segment = "all"
    key = (
        expected["model_id"],
        expected["model_version"],
        NAMES.get(expected["metric"], expected["metric"]),
        expected["grain"].replace("year_end_trailing_250", "year"),
        expected["period"][:4] if expected["grain"] == "year_end_trailing_250" else expected["period"],
        "dataset_role" if samples else SEGMENTS.get((expected["model_id"], segment), segment),
        expected["dataset_role"] if samples else expected["segment"] or "all",
        variable,
    )
    return answers["samples" if samples else expected["as_of"] or "final"].get(key)


def comparable(expected: dict, bins: dict) -> float:
    """Return a published number, taken anew from its own counts where conventions differ.

    The published figures give each category that the baseline lacks a bin of its own; evidence has one bin for all
    of them. The published Jensen-Shannon distance lifts empty bins to a floor, which this distance does not need. The
    published impact ratios are over a control group; here over the group with the highest rate, whose own published
    ratio turns one into the other.
    """
    metric = expected["metric"]
    if metric == "adverse_impact_ratio":
        return expected["value"] / expected["highest_ratio"]
    if metric not in ("psi", "js_distance", "chi2", "chi2_p"):
        return expected["value"]
    current, unseen = np.array(expected["bin_counts"], float), len(expected["new_categories"])
    if not unseen and metric != "js_distance":
        return expected["value"]
    count = len(bins["ref_counts"]) - 1
    after = np.array([*current[:count], current[count : count + unseen].sum(), *current[count + unseen :]])
    before = np.array([*bins["ref_counts"][:count], 0, *bins["ref_counts"][count:]], float)[: len(after)]
    used = before + after > 0
    before, after = before[used], after[used]
    if metric == "psi":
        e, a = (np.maximum(counts / counts.sum(), FLOOR) for counts in (before, after))
        return special.rel_entr(a, e).sum() + special.rel_entr(e, a).sum()
    if metric == "js_distance":
        return distance.jensenshannon(before, after, base=2)
    test = stats.chi2_contingency([before, after], correction=False)
    return test.statistic if metric == "chi2" else test.pvalue


def judge(expected: dict, row: dict | None, answers: dict, bins: dict) -> str | None:
    """Return what is wrong with the row for a published number; None if they agree."""
    metric, value = expected["metric"], comparable(expected, bins)
    if metric == "n_outcomes_visible":
        known = answers[expected["as_of"]]["visible"][f"{expected['model_id']}|{expected['model_version']}"]
        return None if known == value else f"{known} visible"
    if row is None:
        return "no row"
    if metric == "n_matured" and row["status_reason"] == "immature":
        # Nothing is due yet: a reason in place of a 0.
        return None if value == 0 and pd.isna(row["value"]) else "immature"
    given = row["p_value"] if metric in P_VALUES else row["value"]
    if pd.isna(given):
        return f"null, {row['status_reason']}"
    if metric in ("traffic_light_zone", "pla_zone"):
        return None if given == ZONES[value] else f"{given}"
    if metric in BOUNDED:
        away = abs(given - value)
        return None if away <= row["error_bound"] + ABSOLUTE else f"{given} is {away} away, bound {row['error_bound']}"
    if metric == "ks_drift_p":
        # From cells the distance is a lower bound and p an upper one. Its series leaves out terms of order size^-2.
        size = effective_size(expected, bins)
        least = stats.kstwo.sf(min(1, row["value"] + row["error_bound"]), size)
        rest = 0.1 / size**2
        return None if least - rest <= value <= given + rest else f"not in [{least}, {given}]"
    away = abs(given - value)
    return (
        None
        if away <= max(BY_SEARCH.get(metric, RELATIVE) * abs(value), BY_SEARCH.get(metric, ABSOLUTE))
        else f"{given}, {away} away"
    )


def is_own_baseline(expected: dict) -> bool:
    """Return whether a published drift figure compares the reference decade with itself."""
    reference = {"1.0": "1960s", "2.0": "1980s"}[expected["model_version"]]
    nothing = {"ks_drift_p": 1.0}.get(expected["metric"], 0.0)
    return (expected["period"], expected["value"]) == (reference, nothing)


def effective_size(expected: dict, bins: dict) -> float:
    """Return the size of the one sample that a two-sample test is taken for, as scipy rounds it."""
    before = sum(bins["ref_counts"][:-1])
    after = expected["n_present"]
    return np.round(before * after / (before + after))


def prepared(dataset: str) -> tuple[list[dict], dict]:
    """Return the published rows, with the counts of their PSI row where a drift figure needs them.

    An impact ratio gets the highest one of its slice, that of the group most often selected.
    """
    content = published(dataset)
    keys = ("model_version", "feature", "grain", "period")
    counts = {tuple(row[k] for k in keys): row for row in content["rows"] if row["metric"] == "psi"}
    missing = {tuple(row[k] for k in keys): row["value"] for row in content["rows"] if row["metric"] == "missing_rate"}
    impact = [row for row in content["rows"] if row["metric"] == "adverse_impact_ratio"]
    for row in impact:
        slice_ = [other["value"] for other in impact if all(other[k] == row[k] for k in (*keys, "segment_col"))]
        row["highest_ratio"] = max(slice_)
    for row in content["rows"]:
        key = tuple(row[k] for k in keys)
        if key in counts:
            row["bin_counts"], row["new_categories"] = counts[key]["bin_counts"], counts[key]["new_categories"]
            row["n_present"] = round(row["n"] * (1 - missing[key]))
    return content["rows"], content["bins"]


@pytest.mark.parametrize("dataset", DATASETS)
def test_metrics_equal_the_published_numbers(dataset, answers, record_property):
    rows, bins = prepared(dataset)
    compared, left_out, wrong = Counter(), Counter(), []
    for expected in rows:
        metric = expected["metric"]
        key = f"{expected['model_id']}|{expected['model_version']}|{expected['feature']}"
        if metric in OUT_OF_SCOPE:
            left_out[f"{metric} ({OUT_OF_SCOPE[metric]})"] += 1
            continue
        if expected.get("dataset_role") == "development":
            left_out["rows that a version was fitted on, which are not logged"] += 1
            continue
        row = row_of(expected, answers)
        if row and row["variable"] and row["status_reason"] == "no_data" and is_own_baseline(expected):
            left_out["drift of the baseline from itself, which is not measured"] += 1
            continue
        compared[metric] += 1
        problem = judge(expected, row, answers, bins.get(key, {}))
        if problem:
            name = {k: expected[k] for k in ("model_version", "metric", "period", "segment", "feature", "as_of")}
            wrong.append(f"{name} {expected.get('dataset_role')}: published {expected['value']}, here {problem}")
    for title, counts in (("compared", compared), ("out of scope", left_out)):
        names = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
        record_property("summary", f"{dataset}: {counts.total()} of {len(rows)} {title}: {names}")
    assert not wrong, "\n".join([f"{len(wrong)} differ", *wrong[:40]])
    assert compared.total() + left_out.total() == len(rows)


def test_at_the_end_of_2008_historical_simulation_is_red_in_every_book(bank):
    """The table that investment_banking.var_backtest_history shows."""
    days = bank.query("""
        select portfolio_id, pnl_judged, zone, window_exceptions, window_days
        from metrics.met_backtest_history
        where risk_date = date '2008-12-31' and model_id = 'inv_hs_var'
    """)
    assert {portfolio for portfolio, *_ in days} == {"energy", "fx", "rates", "total"}
    assert {pnl for _, pnl, *_ in days} == {"pnl_actual", "pnl_hypothetical"}
    assert all(zone == "red" and count >= 10 and window == 250 for *_, zone, count, window in days)


def test_a_restatement_shows_the_matured_number_beside_the_naive_one(answers):
    """The README's label delay: at the end of 2009 less than a third of the loans is due; what else is known is bad."""
    expected = {
        row["metric"]: row["value"]
        for row in published("retail_sba_pd")["rows"]
        if (row["as_of"], row["model_version"]) == ("2009-12-31", "1.0")
    }
    columns = ["value_first", "events_first", "value_now", "sample_now", "events_now"]
    columns += ["naive_value", "naive_sample", "naive_events"]
    found = answers["restatements"].set_index(["period_grain", "period", "metric"])[columns].sort_index()
    whole = found.loc["all", "2009"]
    assert whole.loc["outcome_count", ["value_now", "naive_value", "naive_sample"]].tolist() == [1542, 1913, 5532]
    assert (expected["n_matured"], expected["n_outcomes_visible"], expected["n"]) == (1542, 1913, 5532)
    # The loans approved in 2005 are the ones due, on this very day: first and now are one.
    year = found.loc["year", "2005"]
    for metric in ("observed_rate", "observed_expected_ratio", "brier", "auc"):
        name = {given: name for name, given in NAMES.items() if not name.startswith("group_")}.get(metric, metric)
        for figures in (whole, year):
            assert figures.loc[metric, "value_now"] == pytest.approx(expected[name], rel=RELATIVE)
            assert figures.loc[metric, "sample_now"] == 1542
        assert year.loc[metric, "value_first"] == year.loc[metric, "value_now"]
        assert metric == "auc" or whole.loc[metric, "naive_value"] > 1.5 * whole.loc[metric, "value_now"]
    count = whole.loc["outcome_count"]
    assert count["naive_events"] - count["events_now"] == count["naive_value"] - count["value_now"] == 371
    assert found.loc[("year", "2008", "observed_rate"), "naive_value"] == 1
    assert pd.isna(found.loc[("year", "2008", "observed_rate"), "value_now"])


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_the_pinball_loss_of_the_forecasts_is_that_of_scikit_learn(answers, version):
    """The interval's target is 80 %, so that its ends are at 10 and at 90 %."""
    folder = DATA / "wealth_return_forecast"
    forecasts = pd.read_parquet(folder / "predictions.parquet").query("model_version == @version")
    cases = forecasts.merge(pd.read_parquet(folder / "outcomes.parquet"), on="prediction_id")
    for end, level in {"lower": 0.1, "upper": 0.9}.items():
        row = answers["final"]["wealth_equity_return", version, f"pinball_loss_{end}", "all", "all", "all", "all", ""]
        expected = mean_pinball_loss(cases["outcome"], cases[f"score_{end}"], alpha=level)
        assert row["value"] == pytest.approx(expected, rel=RELATIVE)
        assert row["sample_size"] == len(cases)


def test_pairs_are_the_loans_that_both_versions_scored(bank):
    """Version 2.0 ran beside 1.0 from 2008 to 2010: its pairs, found by pandas in the delivered files."""
    folder = DATA / "retail_sba_pd"
    scores = pd.read_parquet(folder / "predictions.parquet").query("dataset_role in ('production', 'shadow')")
    loans = scores.query("model_version == '1.0'").merge(
        scores.query("model_version == '2.0'"), on=["entity_id", "predicted_at"], suffixes=("", "_other")
    )
    loans = loans.merge(pd.read_parquet(folder / "outcomes.parquet"), on="prediction_id")
    # The log keeps every score: a bin is a power of two, so that scaling rounds nothing.
    bins = loans[["score", "score_other"]].mul(2.0**50).apply(np.floor).astype("int64")
    keys = zip(
        loans["predicted_at"].dt.date, bins["score"], bins["score_other"], loans["outcome"].astype(int), strict=True
    )
    found = bank.query("""
        select event_date, score_bin, other_score_bin, cast(outcome_class as integer), cast(sum(n) as bigint)
        from evidence.evd_score_pairs
        where
            log_id = 'retail_banking__small_business' and pair_kind = 'challenger' and segment_key = 'all'
            and model_version = '1.0' and other_version = '2.0' and year(event_date) between 2008 and 2010
        group by all
    """)
    assert len(loans) > 1000
    assert {tuple(key): n for *key, n in found} == Counter(keys)


def test_no_rosy_estimate_stands_where_a_score_means_something_else(bank):
    """The deposit model ranked at 0.60 and ranks at 0.44 in the last quarter of 2008: the scores do not show it."""
    bank.watch(as_of_date="2008-12-31")
    of_the_model = "model_id = 'wealth_deposit_propensity' and model_version = '1.0'"
    withheld = bank.query(f"""
        select status_reason, count(*), count(value) from metrics.met_live_window_estimates
        where {of_the_model} and metric = 'estimated_auc' group by all
    """)
    assert [(reason, values) for reason, _, values in withheld] == [("calibration_failed", 0)]
    gaps = bank.query(f"""
        select min(value), max(p_value) from metrics.met_live_window_estimates
        where {of_the_model} and metric = 'calibration_gap'
    """)
    assert gaps[0][0] > 0.4
    assert gaps[0][1] < 0.01

    # What the scores alone would have said.
    tables = ("metrics.met_live_windows", "metrics.met_live_score_counts", "metrics.met_live_references")
    frames = [bank.frame(f"from {table}") for table in (*tables, "registers.models")]
    blind = estimate_metrics(*frames, assumptions=Assumptions(gap_share=np.inf))
    november = blind[(blind["window_key"].str.contains("month|2008-11-01", regex=False)) & blind["value"].notna()]
    estimated = november.set_index("metric").loc["estimated_auc"]
    realised = bank.query(f"""
        select value from metrics.met_performance
        where {of_the_model} and metric = 'auc' and segment_key = 'all' and period_grain = 'quarter'
            and period_end = date '2008-12-31'
    """)[0][0]
    assert realised == pytest.approx(0.44, abs=0.005)
    assert estimated["reference_value"] == pytest.approx(0.60, abs=0.005)
    assert estimated["ci_low"] > realised
    assert estimated["value"] > 0.55
