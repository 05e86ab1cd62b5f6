"""The command line from outside: messages, exit codes, and what it writes."""

import csv
from pathlib import Path

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from dbt_model_risk.cli import main

LOG = "retail_banking__loans"
STAGING = f"models/staging/{LOG}"


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A new project with two small files, as the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DBT_DUCKDB_PATH", raising=False)
    assert run("init", "bank", "--as-of", "2024-06-30").exit_code == 0
    monkeypatch.chdir(tmp_path / "bank")
    duckdb.sql('''
        copy (
            select 'p' || i as request_id, 'pd' as model_id, '1.' || (i % 2) as version,
                timestamp '2024-01-01' + interval 1 day * i as scored_at,
                timestamptz '2024-01-01 23:00:00+00' + interval 1 day * i as loaded_at,
                i / 100 as pd, i as "order", i * 2 as "Loan ""Amount""", 'north' as region
            from range(90) as numbers (i)
        ) to 'loans.parquet'
    ''')
    duckdb.sql("""
        copy (
            select 'p' || i as request_id, timestamp '2024-05-01' as outcome_date, i % 2 as defaulted
            from range(50) as numbers (i)
        ) to 'defaults.csv'
    """)
    return tmp_path / "bank"


def scaffolded():
    return run("scaffold", LOG, "--predictions", "loans.parquet", "--outcomes", "defaults.csv")


def register(project, name):
    with (project / "seeds" / "registers" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("arguments", [["--help"], ["init", "--help"], ["scaffold", "--help"], ["watch", "--help"]])
def test_help_shows_an_example(arguments):
    result = run(*arguments)
    assert result.exit_code == 0
    assert "dbt-model-risk" in result.output


def test_exit_codes_are_documented():
    assert "Exit codes: 0 done, 1 " in run("--help").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scaffold", LOG], "Give either --predictions"),
        (["scaffold", LOG, "--predictions", "a", "--market-risk", "b"], "Give either --predictions"),
        (["scaffold", LOG, "--market-risk", "a", "--outcomes", "b"], "--outcomes belongs to --predictions"),
        (["scaffold", "loans", "--predictions", "a"], "write <sandbox>__<log> in lower case"),
        (["scaffold", LOG, "--predictions", "a", "--map", "score"], "score is not NAME=COLUMN"),
        (["init", "My-Bank"], "use lower-case letters"),
        (["watch", "--vars", "[1]"], "write a mapping"),
        (["watch", "--vars", "{as_of_date: 2024-01-01}"], "give the day with --as-of"),
    ],
)
def test_wrong_usage_ends_with_2(project, arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--predictions", "nowhere.parquet"], "No file nowhere.parquet in"),
        (["--predictions", "raw.scores"], "does not exist yet. Load it first, or pass a Parquet or CSV file."),
        (["--predictions", "a.b.c.d"], "Write schema.table or a path"),
        (["--predictions", "lo{a}ns.parquet"], "Rename the file"),
        (["--predictions", "defaults.csv"], "Name one with --map"),
        (["--predictions", "loans.parquet", "--map", "scor=pd"], "no such name in the contract"),
        (["--predictions", "loans.parquet", "--map", "score=x"], "no column x"),
    ],
)
def test_a_user_error_ends_with_1_one_line_and_nothing_written(project, arguments, message):
    before = sorted(project.rglob("*"))
    result = run("scaffold", LOG, *arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert len(result.output.splitlines()) == 1
    assert sorted(project.rglob("*")) == before


def test_outside_a_dbt_project_the_message_says_how_to_start_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("scaffold", LOG, "--predictions", "loans.parquet")
    assert result.exit_code == 1
    assert "dbt-model-risk init my_bank" in result.output


def test_a_scaffolded_log_is_registered_and_on_the_list(project):
    result = scaffolded()
    assert result.exit_code == 0, result.output
    assert yaml.safe_load(Path("dbt_project.yml").read_text())["vars"] == {
        "as_of_date": "2024-06-30",
        "prediction_logs": [LOG],
        "validated_logs": [LOG],
        "live_logs": [],
        "holding_logs": {},
        "market_risk_logs": [],
    }
    assert "# Nothing reads the clock" in Path("dbt_project.yml").read_text()
    assert [row["sandbox_id"] for row in register(project, "sandboxes")] == ["retail_banking"]
    assert [row["model_id"] for row in register(project, "models")] == ["pd"]
    assert [row["model_version"] for row in register(project, "model_versions")] == ["1.0", "1.1"]
    assert register(project, "waivers") == []
    assert "seeds/registers/models.csv, pd: purpose, model_use, model_class" in result.output
    assert "pd 1.0 was logged from 2024-01-01 to 2024-03-29" in result.output
    assert "The rows are recorded today, and builds answer for 2024-06-30" in result.output


def test_names_that_sql_cannot_take_are_mapped_and_quoted(project):
    scaffolded()
    sql = Path(f"{STAGING}/stg_{LOG}.sql").read_text()
    assert "'order_column': '\"order\"'" in sql
    assert '\'loan_amount\': \'"Loan ""Amount"""\'' in sql
    assert "'loaded_at': '(\"loaded_at\" at time zone \\'UTC\\')'" in sql


def test_a_file_is_a_source_by_its_path_from_the_project(project):
    scaffolded()
    (source,) = yaml.safe_load(Path(f"{STAGING}/_{LOG}__sources.yml").read_text())["sources"]
    locations = {table["name"]: table["config"]["meta"]["external_location"] for table in source["tables"]}
    assert locations == {"predictions": "loans.parquet", "outcomes": "defaults.csv"}


def test_a_table_is_read_from_the_database_of_the_profile(project):
    Path("target").mkdir()
    with duckdb.connect("target/bank.duckdb") as connection:
        connection.sql("create schema raw")
        connection.sql("create table raw.scores as select * from 'loans.parquet'")
    result = run("scaffold", LOG, "--predictions", "raw.scores")
    assert result.exit_code == 0, result.output
    (source,) = yaml.safe_load(Path(f"{STAGING}/_{LOG}__sources.yml").read_text())["sources"]
    assert (source["schema"], source["tables"]) == ("raw", [{"name": "predictions", "identifier": "scores"}])
    assert "where 1 = 0" in Path(f"{STAGING}/stg_{LOG}__outcomes.sql").read_text()


def test_nothing_is_overwritten(project):
    scaffolded()
    own = Path(f"{STAGING}/stg_{LOG}.sql")
    own.write_text("-- mine\n")
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    result = scaffolded()
    assert result.exit_code == 0
    assert f"Existed and were left as they are:\n  {STAGING}/_{LOG}__sources.yml" in result.output
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_a_second_log_adds_to_the_registers_and_keeps_what_was_filled_in(project):
    scaffolded()
    models = Path("seeds/registers/models.csv")
    models.write_text(models.read_text().replace("pd,retail_banking,Pd,,", "pd,retail_banking,Loan default,Why,"))
    result = run("scaffold", "retail_banking__cards", "--predictions", "loans.parquet", "--map", "model_id=region")
    assert result.exit_code == 0, result.output
    assert [(row["model_id"], row["purpose"]) for row in register(project, "models")] == [("pd", "Why"), ("north", "")]
    variables = yaml.safe_load(Path("dbt_project.yml").read_text())["vars"]
    assert variables["prediction_logs"] == [LOG, "retail_banking__cards"]


def test_a_sandbox_of_its_own_gets_every_mart(project):
    assert run("scaffold", "leasing__loans", "--predictions", "loans.parquet").exit_code == 0
    names = {path.name for path in (project / "models" / "marts" / "leasing").iterdir()}
    shipped = {path.name for path in (Path(__file__).parents[2] / "models/marts/retail_banking").iterdir()}
    assert {name.replace("leasing", "retail_banking") for name in names} == shipped


def test_a_live_log_has_the_evidence_of_scores_and_its_marts(project):
    evidence = Path(f"models/evidence/{LOG}/evd_{LOG}__scores.sql")
    assert scaffolded().exit_code == 0
    assert not evidence.exists()
    assert yaml.safe_load(Path("dbt_project.yml").read_text())["vars"]["live_logs"] == []
    arguments = ["scaffold", "advice__funds", "--predictions", "loans.parquet", "--live"]
    assert run(*arguments).exit_code == 0
    assert yaml.safe_load(Path("dbt_project.yml").read_text())["vars"]["live_logs"] == ["advice__funds"]
    scores = Path("models/evidence/advice__funds/evd_advice__funds__scores.sql")
    assert scores.read_text() == "{{ dbt_model_risk.evidence_scores('advice__funds') }}\n"
    mart = Path("models/marts/advice/advice__live_performance.sql").read_text()
    assert "tags=['intraday']" in mart
    assert "sandbox_live_performance('advice')" in mart


def test_a_market_risk_log_is_not_monitored_live(project):
    result = run("scaffold", "investment_banking__desk", "--market-risk", "loans.parquet", "--live")
    assert result.exit_code == 2
    assert "--live belongs to --predictions" in result.output
