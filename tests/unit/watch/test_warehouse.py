"""What a progress line is made of, and who may be in the way."""

import duckdb
import pytest

from dbt_model_risk.watch.runner import failures_of, message_of, summary
from dbt_model_risk.watch.warehouse import State, read_state


@pytest.fixture
def database(tmp_path):
    """A warehouse with two admitted rows and two verdicts."""
    path = tmp_path / "bank.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table admitted as from range(2)")
        connection.execute(
            "create table verdicts as "
            "select * from (values ('a', 'red'), ('b', 'green')) as rows (evaluation_key, rag_status)"
        )
    return path


def test_a_state_is_rows_and_verdicts(database):
    found = read_state(database, admitted=["admitted", "not_built"], evaluations="verdicts")
    assert found == State(2, {"a": "red", "b": "green"})


def test_a_project_without_verdicts_or_without_a_database_counts_nothing(database, tmp_path):
    assert read_state(database, admitted=["not_built"], evaluations=None) == State()
    assert read_state(database, admitted=[], evaluations="not_built") == State()
    assert read_state(tmp_path / "none.duckdb", admitted=["admitted"], evaluations="verdicts") == State()


def test_a_database_that_is_held_tells_nothing(database):
    with duckdb.connect(str(database)):
        assert read_state(database, admitted=["admitted"], evaluations=None) is None


def test_a_summary_counts_new_rows_changed_verdicts_and_red_ones():
    before = State(10, {"a": "red", "b": "green", "gone": "red"})
    after = State(10_010, {"a": "red", "b": "red", "new": "green"})
    assert summary(before, after) == "10,000 new rows, verdicts: 3 changed, 2 red"


def test_an_error_is_one_line_without_headings():
    text = "Runtime Error in model x (models/x.sql)\n  Invalid Input Error: File 'a' too small\n\nLINE 3: from\n  ^"
    assert message_of(text) == "Invalid Input Error: File 'a' too small"
    assert message_of(None) == "None"
    assert message_of("") == "unknown error"


def test_failed_nodes_are_named_and_skipped_ones_are_not():
    def node(name, status, message=None):
        return type("Result", (), {"node": type("Node", (), {"name": name}), "status": status, "message": message})

    results = [node("met_a", "success"), node("met_b", "error", "Binder Error: no x"), node("met_c", "skipped")]
    run = type("Done", (), {"result": type("Runs", (), {"results": results}), "exception": None})
    assert failures_of(run) == ("met_b: Binder Error: no x",)
    stopped = type("Done", (), {"result": None, "exception": RuntimeError("Could not find selector named x")})
    assert failures_of(stopped) == ("Could not find selector named x",)
