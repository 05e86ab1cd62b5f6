"""Logs at the edge, from the file to the mart: one class, all ties, all null, one row, no row, certain scores.

The project is written by the scaffold, as a bank's would be.
"""

import csv
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from dbt_model_risk.cli import main

ROOT = Path(__file__).parents[2]
LOG = "retail_banking__loans"
AS_OF_DATE = "2025-06-30"
MONTHS = pd.date_range("2024-01-01", "2024-12-01", freq="MS")
CASES_A_MONTH = 150


def month_of_loans(model: str, month: pd.Timestamp, seed: int) -> pd.DataFrame:
    """Return the loans of a model in a month, as a healthy model scores them."""
    draw = np.random.default_rng(seed)
    score = 1 / (1 + np.exp(1.5 - draw.normal(size=CASES_A_MONTH)))
    predicted = (score >= 0.3).astype(int)
    return pd.DataFrame(
        {
            "prediction_id": [f"{model}-{month:%Y%m}-{number}" for number in range(CASES_A_MONTH)],
            "model_id": model,
            "model_version": "1.0",
            "customer_id": [f"{model}-{number}" for number in range(CASES_A_MONTH)],
            "predicted_at": month + pd.to_timedelta(draw.integers(0, 27, CASES_A_MONTH), unit="D"),
            "score": score,
            "predicted_class": predicted.astype(str),
            "decision": np.where(predicted == 1, "decline", "approve"),
            "region": np.where(draw.random(CASES_A_MONTH) < 0.5, "north", "south"),
            "sex": np.where(draw.random(CASES_A_MONTH) < 0.5, "f", "m"),
            "income": np.round(draw.lognormal(10, 0.4, CASES_A_MONTH)),
            "outcome": (draw.random(CASES_A_MONTH) < score).astype(float),
        }
    )


def with_edges(model: str, loans: pd.DataFrame) -> pd.DataFrame:
    """Return the loans as the log of a model at the edge holds them."""
    if model == "one_class":
        return loans.assign(outcome=0.0)
    if model == "all_ties":
        return loans.assign(score=0.2, predicted_class="0", decision="approve")
    if model == "null_feature":
        return loans.assign(income=np.nan)
    if model == "one_row":
        return loans.head(1)
    if model == "no_outcome":
        return loans.assign(outcome=np.nan)
    if model == "certain":
        return loans.assign(score=np.where(loans["score"] < 0.3, 0.0, 1.0))
    return loans


EDGES = ["healthy", "one_class", "all_ties", "null_feature", "one_row", "no_outcome", "certain", "no_row"]


def write_logs(folder: Path) -> None:
    """Write the prediction and the outcome log of every model but the one without a row."""
    loans = pd.concat(
        with_edges(model, month_of_loans(model, month, seed=100 * number + month.month))
        for number, model in enumerate(EDGES)
        if model != "no_row"
        for month in MONTHS
    )
    loans = loans.assign(loaded_at=loans["predicted_at"] + pd.Timedelta(hours=12))
    outcomes = loans.dropna(subset="outcome")
    observed = outcomes["predicted_at"] + pd.Timedelta(days=60)
    outcomes = outcomes[["prediction_id", "outcome"]].assign(
        observed_at=observed, loaded_at=observed + pd.Timedelta(days=1)
    )
    loans.drop(columns="outcome").to_parquet(folder / "loans.parquet")
    outcomes.to_parquet(folder / "outcomes.parquet")


def write_register(folder: Path, name: str, rows: list[dict]) -> None:
    """Write rows under the header that the scaffold gave the register."""
    file = folder / "seeds" / "registers" / f"{name}.csv"
    with file.open(newline="") as before:
        columns = next(csv.reader(before))
    with file.open("w", newline="") as after:
        writer = csv.DictWriter(after, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows({"recorded_at": "2023-11-01 09:00:00"} | row for row in rows)


def write_registers(folder: Path) -> None:
    """Register every model, with a rating scale, a validated AUC and an alert capacity."""
    write_register(folder, "sandboxes", [{"sandbox_id": "retail_banking", "name": "Retail", "owner_id": "p"}])
    write_register(folder, "people", [{"person_id": "p", "name": "P", "person_rank": 3, "active_from": "2020-01-01"}])
    model = {
        "sandbox_id": "retail_banking", "problem_type": "binary", "score_direction": "higher_is_event",
        "declared_tier": 3, "owner_id": "p", "is_in_scope": "true", "outcome_horizon_days": 60,
        "monitoring_grain": "quarter;month", "jurisdiction": "EU",
    }  # fmt: skip
    write_register(folder, "models", [model | {"model_id": edge, "name": edge} for edge in EDGES])
    version = {
        "model_version": "1.0", "baseline_from": "2024-01-01", "baseline_to": "2024-03-31",
        "decision_threshold": 0.3, "deployed_at": "2024-01-01 00:00:00", "is_champion": "true",
    }  # fmt: skip
    write_register(folder, "model_versions", [version | {"model_id": edge} for edge in EDGES])
    parameters = {"model_version": "1.0", "rating_scale_id": "s", "asset_correlation": 0.1, "validated_auc": 0.7}
    write_register(
        folder,
        "validation_parameters",
        [parameters | {"model_id": edge, "alert_capacity_per_day": 2} for edge in EDGES],
    )
    edges = [0, 0.1, 0.3, 1]
    write_register(
        folder,
        "rating_grades",
        [
            {"rating_scale_id": "s", "grade": "abc"[i], "grade_rank": i + 1, "score_from": a, "score_to": b}
            for i, (a, b) in enumerate(zip(edges, edges[1:], strict=False))
        ],
    )


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """The warehouse of the project, built once."""
    above = tmp_path_factory.mktemp("edges")
    here = Path.cwd()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DBT_DUCKDB_PATH", raising=False)
        patch.chdir(above)
        command(["init", "bank", "--as-of", AS_OF_DATE, "--package", str(ROOT)])
        folder = above / "bank"
        patch.chdir(folder)
        write_logs(folder)
        command(["scaffold", LOG, "--predictions", "loans.parquet", "--outcomes", "outcomes.parquet"])
        staging = folder / "models" / "staging" / LOG / f"_{LOG}__models.yml"
        staging.write_text(staging.read_text().replace("role: decision", "role: decision, favourable: approve"))
        write_registers(folder)
        for arguments in (["deps"], ["seed"], ["run"]):
            result = dbtRunner().invoke([*arguments, "--quiet"])
            DuckDBConnectionManager.close_all_connections()
            assert result.success, [item.message for item in getattr(result.result, "results", [])]
    assert Path.cwd() == here
    with duckdb.connect(str(folder / "target" / "bank.duckdb"), read_only=True) as connection:
        yield connection


def command(arguments: list[str]) -> None:
    """Run a command of the package's own command line."""
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output


def results(bank, model: str, test: str) -> pd.DataFrame:
    """Return the results of one test for the whole population of one model."""
    return bank.execute(
        """
        select * from retail_banking.validation_results
        where model_id = ? and test_id = ? and segment_key = 'all' and period_grain = 'quarter'
        order by period_start, variable
        """,
        [model, test],
    ).df()


def test_what_is_not_known_is_grey_and_says_why(bank):
    unknown = bank.sql("""
        select distinct model_id, test_id, rag_status, status_reason from retail_banking.validation_results
        where judged <> 'none' and case judged when 'value' then value else p_value end is null
    """).df()
    assert not unknown.empty
    assert set(unknown["rag_status"]) == {"grey"}
    assert unknown["status_reason"].notna().all()


def test_every_null_figure_has_a_reason(bank):
    silent = bank.sql("""
        select distinct model_id, test_id from retail_banking.validation_results
        where value is null and status_reason is null
    """).fetchall()
    assert not silent


def test_no_number_is_nan_or_infinite(bank):
    columns = bank.sql("""
        select table_schema, table_name, column_name from information_schema.columns
        where data_type = 'DOUBLE' and table_schema in ('metrics', 'indicators', 'policies', 'retail_banking')
    """).fetchall()
    assert columns
    unreal = [
        column
        for column in columns
        if bank.sql('select count(*) from "{}"."{}" where not isfinite("{}")'.format(*column)).fetchone()[0]
    ]
    assert not unreal


@pytest.mark.parametrize("test", ["auc", "ks_separation", "average_precision", "h_measure", "calibration_slope_flat"])
def test_one_class_ranks_nothing(bank, test):
    found = results(bank, "one_class", test)
    assert len(found)
    assert found["value"].isna().all()
    assert set(found["status_reason"]) == {"single_class"}


def test_equal_scores_rank_nothing_and_say_so(bank):
    found = results(bank, "all_ties", "auc")
    assert set(found["value"]) == {0.5}
    assert set(found["status_reason"]) == {"constant_score"}
    assert set(results(bank, "all_ties", "ks_separation")["value"]) == {0.0}
    assert set(results(bank, "all_ties", "gini")["value"]) == {0.0}
    assert results(bank, "all_ties", "calibration_slope_flat")["value"].isna().all()


def test_a_feature_without_a_value_is_incomplete_and_does_not_drift(bank):
    complete = results(bank, "null_feature", "completeness").set_index("variable").loc["income"]
    assert set(complete["value"]) == {0.0}
    stable = results(bank, "null_feature", "psi_feature").set_index("variable").loc["income"]
    # The first quarter is the baseline itself.
    assert list(stable["status_reason"].fillna("")) == ["no_data", "", "", ""]
    assert set(stable["value"].dropna()) == {0.0}


@pytest.mark.parametrize("test", ["auc", "brier_skill_score", "hosmer_lemeshow", "calibration_in_the_large"])
def test_one_row_is_too_small_a_sample(bank, test):
    found = results(bank, "one_row", test)
    assert len(found)
    assert found["value"].isna().all()
    assert set(found["status_reason"]) <= {"small_sample", "single_class"}


def test_cohorts_without_outcomes_are_shown_without_figures(bank):
    found = results(bank, "no_outcome", "auc")
    assert len(found)
    assert found["value"].isna().all()
    assert set(found["status_reason"]) == {"no_data"}


def test_certain_scores_that_fail_are_found_out(bank):
    """A score of 0 or 1 has an infinite logit: the fits say so, and what needs no logit is known."""
    assert results(bank, "certain", "brier")["value"].notna().all()
    assert results(bank, "certain", "log_loss")["value"].gt(1).all()
    assert set(results(bank, "certain", "brier_skill_score")["rag_status"]) == {"red"}


def test_a_model_without_a_row_stops_nothing(bank):
    assert bank.sql("select count(*) from retail_banking.model_detail where model_id = 'no_row'").fetchone() == (1,)
    assert not len(results(bank, "no_row", "auc"))


def test_a_healthy_model_has_a_figure_for_every_chapter(bank):
    chapters = bank.sql("""
        select section, count(value) as figures from retail_banking.validation_results
        where model_id = 'healthy' and segment_key in ('all', 'sex')
        group by section
    """).fetchall()
    figures = dict(chapters)
    wanted = ["data_quality", "discrimination", "calibration", "stability", "fairness", "fraud", "overrides"]
    assert all(figures.get(chapter, 0) > 0 for chapter in wanted if chapter != "overrides"), figures
    assert "overrides" in figures
