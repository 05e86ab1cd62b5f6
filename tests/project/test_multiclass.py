"""A log of several classes, from the file to the metrics: scaffolded, declared, built by dbt in a consumer project."""

import csv
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from sklearn import metrics as sk

from dbt_model_risk.cli import main

ROOT = Path(__file__).parents[2]
LOG = "wealth_management__product"
STAGING = Path("models") / "staging" / LOG / f"_{LOG}__models.yml"
CLASSES = ["bond", "equity", "it's mixed", "none of them"]
PERSON = {"person_id": "p", "name": "P", "person_rank": 3, "active_from": "2020-01-01"}
MODEL = {
    "model_id": "product", "sandbox_id": "wealth_management", "name": "Next product", "problem_type": "multiclass",
    "declared_tier": 3, "owner_id": "p", "is_in_scope": "true", "outcome_horizon_days": 30,
    "monitoring_grain": "quarter", "jurisdiction": "EU",
}  # fmt: skip
VERSION = {
    "model_id": "product", "model_version": "1.0", "baseline_from": "2024-01-01", "baseline_to": "2024-03-31",
    "deployed_at": "2024-01-01 00:00:00", "is_champion": "true",
}  # fmt: skip


def client_cases(count: int = 600) -> pd.DataFrame:
    """Return clients of 2024: one class is never predicted, another never observed, and two rows are no class."""
    draw = np.random.default_rng(5)
    observed = draw.choice(CLASSES[:3], count, p=[0.5, 0.3, 0.2]).astype(object)
    predicted = np.where((draw.random(count) < 0.6) & (observed != CLASSES[2]), observed, CLASSES[0])
    predicted[draw.random(count) < 0.1] = CLASSES[3]
    cases = pd.DataFrame(
        {
            "prediction_id": [f"p{number}" for number in range(count)],
            "model_id": "product",
            "model_version": "1.0",
            "predicted_at": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(count) * 9, unit="h"),
            "score": np.round(draw.uniform(0.3, 1, count), 4),
            "predicted_class": predicted,
            "region": draw.choice(["north", "south"], count),
            "age": draw.integers(20, 90, count),
            "outcome": observed,
        }
    )
    cases.loc[0, "predicted_class"] = "gold"
    cases.loc[1, "outcome"] = "gold"
    return cases


def register(folder: Path, name: str, row: dict) -> None:
    """Write a row under the header that the scaffold gave the register."""
    file = folder / "seeds" / "registers" / f"{name}.csv"
    with file.open(newline="") as before:
        columns = next(csv.reader(before))
    with file.open("w", newline="") as after:
        writer = csv.DictWriter(after, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerow({"recorded_at": "2023-11-01 09:00:00"} | row)


def dbt(*arguments: str, **options):
    """Run dbt in the working directory."""
    result = dbtRunner(**options).invoke([*arguments, "--quiet"])
    DuckDBConnectionManager.close_all_connections()
    return result


def command(arguments: list[str]) -> None:
    """Run a command of the package's own command line."""
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output


def edited(*changes: tuple[str, str]) -> None:
    """Replace texts in the log's YAML."""
    text = STAGING.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    STAGING.write_text(text)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The scaffolded project, its classes declared; the working directory of the tests."""
    above = tmp_path_factory.mktemp("classes")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DBT_DUCKDB_PATH", raising=False)
        patch.chdir(above)
        command(["init", "bank", "--as-of", "2025-06-30", "--package", str(ROOT)])
        patch.chdir(above / "bank")
        cases = client_cases()
        loaded = {"loaded_at": cases["predicted_at"] + pd.Timedelta(hours=12)}
        cases.drop(columns="outcome").assign(**loaded).to_parquet("clients.parquet")
        observed = cases["predicted_at"] + pd.Timedelta(days=20)
        cases[["prediction_id", "outcome"]].assign(observed_at=observed, loaded_at=observed).to_parquet("took.parquet")
        command(["scaffold", LOG, "--predictions", "clients.parquet", "--outcomes", "took.parquet"])
        for name, row in {
            "sandboxes": {"sandbox_id": "wealth_management", "name": "Wealth", "owner_id": "p"},
            **{"people": PERSON, "models": MODEL, "model_versions": VERSION},
        }.items():
            register(above / "bank", name, row)
        edited(("name: outcome, data_type: double", "name: outcome, data_type: varchar"))
        assert dbt("deps").success
        assert dbt("seed").success
        yield above / "bank"


@pytest.fixture(scope="module")
def bank(project):
    """The warehouse, built in two steps so that the second is an incremental one."""
    edited(("role: predicted_class}", f"role: predicted_class, classes: {CLASSES}}}"))
    wanted = ["+met_performance", "+met_drift", "+met_quality", "+met_restatements", "+kri_values", f"quarantine_{LOG}"]
    for day in ("2024-06-30", "2025-06-30"):
        result = dbt("run", "--select", *wanted, "--vars", f"as_of_date: '{day}'")
        assert result.success, [item.message for item in result.result if item.status == "error"]
    with duckdb.connect(str(project / "target" / "bank.duckdb"), read_only=True) as connection:
        yield connection


def test_text_outcomes_without_declared_classes_stop_with_what_to_write(project):
    result = dbt("run", "--select", f"stg_{LOG}__outcomes")
    assert not result.success
    assert "Declare the classes on the predictions' predicted_class" in result.result[0].message


def test_what_is_no_class_is_in_quarantine(bank):
    assert bank.sql(f"""
        select log_kind, reject_reason from staging.quarantine_{LOG} order by all
    """).fetchall() == [
        ("outcome", "outcome_not_in_domain"), ("outcome", "outcome_without_prediction"),
        ("prediction", "class_not_in_domain"),
    ]  # fmt: skip


def test_performance_is_that_of_scikit_learn(bank):
    cases = client_cases().iloc[2:]
    found = bank.sql("""
        select metric, coalesce(variable, '') as variable, value, sample_size, status_reason
        from metrics.met_performance
        where period_grain = 'quarter' and period_start = date '2024-07-01' and segment_key = 'all'
    """).df()
    found = found.set_index(["metric", "variable"])
    summer = cases[cases["predicted_at"].dt.quarter.eq(3) & cases["predicted_at"].dt.year.eq(2024)]
    observed, predicted = summer["outcome"], summer["predicted_class"]
    hits = observed == predicted
    expected = {
        "accuracy": hits.mean(),
        "macro_f1": sk.f1_score(observed, predicted, average="macro", zero_division=0),
        "weighted_f1": sk.f1_score(observed, predicted, average="weighted", zero_division=0),
        "cohen_kappa": sk.cohen_kappa_score(observed, predicted),
        "mcc": sk.matthews_corrcoef(observed, predicted),
        "observed_expected_ratio": hits.mean() / summer["score"].mean(),
        "mean_score_matured": summer["score"].mean(),
        "mean_score": summer["score"].mean(),
        "outcome_coverage": 1.0,
    }
    assert {metric: found.loc[(metric, ""), "value"] for metric in expected} == pytest.approx(expected, abs=1e-12)
    assert found.loc[("accuracy", ""), "sample_size"] == len(summer) > 100
    reasons = found["status_reason"].to_dict()
    assert reasons["positive_rate", ""] == "no_event_class"
    assert reasons["class_precision", "class:it's mixed"] == "class_not_predicted"
    assert reasons["class_recall", "class:none of them"] == "class_not_observed"
    assert found.loc[("class_recall", "class:bond"), "value"] == sk.recall_score(
        observed, predicted, labels=["bond"], average="macro"
    )


def test_drift_quality_restatement_and_indicators_are_there(bank):
    def names(query: str) -> set[str]:
        return {name for (name,) in bank.sql(query).fetchall()}

    figures = "from metrics.{} where model_id = 'product' and value is not null"
    assert {"score", "predicted_class", "age"} <= names(f"select distinct variable {figures.format('met_drift')}")
    assert {"completeness", "uniqueness"} <= names(f"select distinct metric {figures.format('met_quality')}")
    assert "accuracy" in names(
        "select distinct metric from metrics.met_restatements where model_id = 'product' and value_now is not null"
    )
    indicators = "select distinct kri_id from indicators.kri_values where model_id = 'product'"
    assert {"score_psi", "feature_psi", "quarantine_rate"} <= names(indicators)
    assert {"outcome_coverage", "missing_rate_rise"} <= names(f"{indicators} and kri_value is not null")
