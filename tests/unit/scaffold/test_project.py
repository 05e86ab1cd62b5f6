"""Editing dbt_project.yml: the log is in its list, and nothing else is another."""

import pytest
import yaml

from dbt_model_risk.scaffold.names import free_name, identifier, jinja_text, plain_name
from dbt_model_risk.scaffold.project import added_log, log_lines


@pytest.mark.parametrize(
    "text",
    [
        "name: bank\n",
        "name: bank\nvars:\n  as_of_date: '2024-01-01'\nmodels: {}\n",
        "vars:\n  prediction_logs: []  # ours\n  market_risk_logs: []\n",
        "vars:\n  prediction_logs: [a__b]\n  x: 1\n",
        "vars:\n  prediction_logs:\n    - a__b  # first\n    - c__d\n  market_risk_logs: [e__f]\nname: bank\n",
    ],
)
def test_a_log_is_added_and_every_other_value_stays(text):
    before = yaml.safe_load(text)
    after = yaml.safe_load(added_log(text, "new__log", "prediction_logs"))
    logs = (before.get("vars") or {}).get("prediction_logs", [])
    assert after["vars"]["prediction_logs"] == [*logs, "new__log"]
    assert after["vars"]["validated_logs"] == ["new__log"]
    assert after["vars"]["market_risk_logs"] == (before.get("vars") or {}).get("market_risk_logs", [])
    ours = {"prediction_logs", "validated_logs", "market_risk_logs"}
    rest = {key: value for key, value in after["vars"].items() if key not in ours}
    assert rest == {key: value for key, value in (before.get("vars") or {}).items() if key not in ours}
    assert {**after, "vars": None} == {**before, "vars": None}


@pytest.mark.parametrize("text", ["vars: {as_of_date: x}\n", "vars:\n    prediction_logs: [a__b]\n"])
def test_a_layout_that_cannot_be_edited_safely_is_left_alone(text):
    assert added_log(text, "new__log", "prediction_logs") is None


def test_a_log_is_monitored_live_only_where_that_is_asked_for():
    text = "vars:\n  prediction_logs: []\n  live_logs: [a__b]  # by the minute\n"
    assert yaml.safe_load(added_log(text, "c__d", "prediction_logs"))["vars"]["live_logs"] == ["a__b"]
    live = added_log(text, "c__d", "prediction_logs", is_live=True)
    assert yaml.safe_load(live)["vars"]["live_logs"] == ["a__b", "c__d"]
    assert added_log(live, "c__d", "prediction_logs", is_live=True) == live
    assert "live_logs" not in yaml.safe_load(added_log("name: bank\n", "c__d", "prediction_logs"))["vars"]
    assert "live_logs:\n    - c__d\n" in log_lines("c__d", "prediction_logs", is_live=True)


def test_a_log_on_the_list_changes_nothing():
    text = "vars:\n  prediction_logs: [a__b]\n  validated_logs: [a__b]\n  market_risk_logs: []\n"
    assert added_log(text, "a__b", "prediction_logs") == text


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Loan Amount (EUR)", "loan_amount_eur"), ("ID", "id"), ("scoredAt", "scored_at"), ("1st", "column_1st")]
    + [("日本", "column"), ('a"b', "a_b")],
)
def test_plain_names(name, plain):
    assert plain_name(name) == plain


def test_a_name_that_is_taken_reserved_or_internal_is_changed():
    assert free_name("Score", {"score"}) == "score_2"
    assert free_name("ORDER", set()) == "order_column"
    assert free_name("event_date", set()) == "event_date_column"


def test_quotes_are_escaped_for_sql_and_for_jinja():
    import jinja2

    for name in ('a"b', "a'b", "a\\b", "{{ x }}", "line\nbreak", "日本"):
        assert identifier(name).count('"') == 2 + 2 * name.count('"')
        assert jinja2.Environment().from_string("{{ " + jinja_text(name) + " }}").render() == name
