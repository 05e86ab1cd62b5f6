"""The page that takes a sandbox team from a Parquet log to a verdict, run as it is written."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "govern_a_model.md"
BLOCK = re.compile(r"(?:^`(?P<file>[\w/.]+)`\n\n)?^```(?P<kind>sh|csv)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def shell(text, *, folder, may_fail=False):
    """Run one block with the package under test and the interpreter's commands; return what it printed."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DBT_")}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
    }
    done = subprocess.run(["bash", "-ec", text], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode in ((0, 1) if may_fail else (0,)), f"{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """The project that the page leads to, and what every block printed."""
    folder = tmp_path_factory.mktemp("page")
    printed = []
    for block in BLOCK.finditer(PAGE.read_text()):
        if block["kind"] == "csv":
            register = folder / block["file"]
            header = register.read_text().splitlines()[0]
            assert block["text"].splitlines()[0] == header, f"{block['file']} has other columns by now"
            register.write_text(block["text"])
            continue
        # The page says that a blocking policy ends the build with 1.
        printed.append(shell(block["text"], folder=folder, may_fail="dbt build" in block["text"]))
        if block["text"].startswith("cd my_bank"):
            folder = folder / "my_bank"
    return folder, printed


def test_the_project_uses_the_package_under_test(followed):
    project, _ = followed
    assert yaml.safe_load((project / "packages.yml").read_text()) == {"packages": [{"local": str(ROOT)}]}


def test_the_summary_says_what_the_page_says(followed):
    _, printed = followed
    summary = next(text for text in printed if "retail_banking__loans" in text)
    assert 'score = "pd" (probability)' in summary
    assert 'entity_id = "application_id"' in summary
    assert "segments: region" in summary
    assert "groups: sex" in summary
    assert 'features: income, employment_type (from "Employment Type")' in summary


def test_only_policies_fail_the_build(followed):
    project, _ = followed
    results = json.loads((project / "target" / "run_results.json").read_text())["results"]
    assert any(result["unique_id"].startswith("model.my_bank.evd_") for result in results)
    failed = [result["unique_id"] for result in results if result["status"] in ("error", "fail", "skipped")]
    assert not [name for name in failed if ".policy_" not in name]


def test_every_logged_row_is_evidence_or_counted_as_rejected(followed):
    project, _ = followed
    with duckdb.connect(str(project / "target" / "my_bank.duckdb"), read_only=True) as bank:
        received = dict(bank.sql("select log_kind, sum(n) from evidence.evd_log_intake group by all").fetchall())
        assert received == {"prediction": 12_000, "outcome": 9_000}
        scored = "select sum(n) from evidence.evd_feature_bins where variable = 'score' and segment_key = 'all'"
        assert bank.sql(scored).fetchone() == (12_000,)
        observed = "select sum(n) from evidence.evd_score_outcomes where segment_key = 'all'"
        assert bank.sql(observed).fetchone() == (9_000,)


def test_the_marts_are_there_and_know_the_model(followed):
    project, printed = followed
    assert "rag_status" in printed[-1]
    with duckdb.connect(str(project / "target" / "my_bank.duckdb"), read_only=True) as bank:
        assert bank.sql("select distinct model_id from retail_banking.model_detail").fetchall() == [("loan_pd",)]
        statuses = bank.sql("select distinct rag_status from retail_banking.policy_register").fetchall()
        assert {status for (status,) in statuses} <= {"green", "amber", "red", "grey"}
        judged = bank.sql("select count(*) from policies.pol_evaluations").fetchone()[0]
        registered = bank.sql("select count(*) from retail_banking.policy_register").fetchone()[0]
        assert (registered > 0) == (judged > 0)


def test_the_registers_keep_the_columns_of_the_package(followed):
    project, _ = followed
    files = (ROOT / "seeds" / "registers").glob("_*__seeds.yml")
    seeds = [seed for file in files for seed in yaml.safe_load(file.read_text())["seeds"]]
    for seed in seeds:
        with (project / "seeds" / "registers" / f"{seed['name']}.csv").open(newline="") as file:
            assert next(csv.reader(file)) == list(seed["config"]["column_types"])


def test_registers_without_rows_have_the_types_of_the_package(followed):
    project, _ = followed
    with duckdb.connect(str(project / "target" / "my_bank.duckdb"), read_only=True) as bank:
        types = {name: kind for name, kind, *_ in bank.sql("describe registers.waivers").fetchall()}
    assert (types["waiver_id"], types["expires_on"], types["recorded_at"]) == ("VARCHAR", "DATE", "TIMESTAMP")
