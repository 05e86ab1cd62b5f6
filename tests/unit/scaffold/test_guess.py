"""Which role each column is guessed to have."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_model_risk.errors import UserError
from dbt_model_risk.scaffold.contract import KINDS
from dbt_model_risk.scaffold.guess import guess_market_risk, guess_outcomes, guess_predictions
from dbt_model_risk.scaffold.relation import Column, Relation
from dbt_model_risk.scaffold.render import LogFiles, market_risk_files, prediction_files

ROOT = Path(__file__).parents[3]
MACROS = {"predictions": "prediction_log", "outcomes": "outcome_log", "market_risk": "market_risk_log"}


def text(name, *values, distinct=None):
    return Column(name, "VARCHAR", 100, 0, distinct or max(len(values), 1), 0, values=values)


def number(name, low=0.0, high=1.0, *, data_type="DOUBLE", distinct=90, median=None):
    return Column(name, data_type, 100, 0, distinct, 100, low, (low + high) / 2 if median is None else median, high)


def time(name, data_type="TIMESTAMP"):
    return Column(name, data_type, 100, 0, 100)


def log_columns(**replaced):
    columns = {
        "prediction_id": text("prediction_id", distinct=100),
        "model_id": text("model_id", "pd"),
        "model_version": text("model_version", "1"),
        "predicted_at": time("predicted_at"),
        "loaded_at": time("loaded_at"),
        "score": number("score"),
    } | replaced
    return [column for column in columns.values() if column]


@pytest.mark.parametrize("kind", MACROS)
def test_the_contract_is_the_one_that_the_macros_check(kind):
    macro = (ROOT / "macros" / "logs" / f"{MACROS[kind]}.sql").read_text()
    for variable, is_mandatory in (("mandatory", True), ("optional", False)):
        names = set(re.findall(r"'(\w+)'", re.search(rf"set {variable} = \[(.*?)\]", macro, re.DOTALL)[1]))
        assert names == {field.name for field in KINDS[kind] if field.is_mandatory == is_mandatory}


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("predicted_at", time("scored_ts")),
        ("predicted_at", time("Scored At")),
        ("predicted_at", text("prediction_date", "2024-01-05")),
        ("loaded_at", time("LOAD_TS")),
        ("score", number("pd")),
        ("score", number("predictedProbability")),
        ("score", number("predicted_value")),
        ("model_version", text("version", "1")),
        ("prediction_id", text("request_id", distinct=100)),
    ],
)
def test_a_mandatory_column_is_found_by_the_names_that_banks_use(name, column):
    guess = guess_predictions(log_columns(**{name: column}), log="loans")
    assert guess.named(name).source == column.name


@pytest.mark.parametrize(
    ("column", "role", "data_type"),
    [
        (text("application_id", distinct=100), "entity_id", "varchar"),
        (text("sex", "f", "m"), "group", "varchar"),
        (number("gender", 1, 2, data_type="INTEGER", distinct=2), "group", "varchar"),
        (text("Marital Status", "single", "married"), "group", "varchar"),
        (text("region", "north", "south"), "segment", "varchar"),
        (text("employment", "clerk", "farmer"), "feature", "varchar"),
        (number("income", 100, 5000), "feature", "double"),
        (number("tenure", 0, 30, data_type="INTEGER"), "feature", "bigint"),
        (Column("has_complained", "BOOLEAN", 100, 0, 2), "feature", "boolean"),
        (Column("rate", "VARCHAR", 100, 0, 50, 100, 0.0, 1.0, 2.0), "feature", "double"),
        (number("ead", 0, 1e6), "exposure_amount", "double"),
    ],
)
def test_the_other_columns_are_told_apart_by_name_type_and_values(column, role, data_type):
    guess = guess_predictions([*log_columns(), column], log="loans")
    found = next(guessed for guessed in guess.roles if guessed.source == column.name)
    assert (found.role, found.data_type) == (role, data_type)


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (text("comment", distinct=100), "more than 50 values"),
        (number("branch_id", 1, 400, data_type="BIGINT"), "identifier"),
        (time("birth_date", "DATE"), "a time without a role"),
        (Column("payload", "STRUCT(a INTEGER)", 100), "struct"),
        (Column("empty", "DOUBLE", 100, 100), "empty"),
        (number("default_flag", 0, 1, distinct=2), "looks like the outcome"),
    ],
)
def test_what_cannot_be_counted_is_left_out_with_its_reason(column, reason):
    guess = guess_predictions([*log_columns(), column], log="loans")
    assert reason in dict(guess.left_out)[column.name]


@pytest.mark.parametrize(
    ("score", "events", "scale", "doubted"),
    [
        (number("score", 0, 1), True, "probability", False),
        (number("score", 0, 1), False, "value", False),
        (number("score", 300, 850), True, "points", True),
        (number("predicted_return", -0.2, 0.3), True, "value", False),
        (number("pd", 0, 43), True, "probability", True),
    ],
)
def test_the_scale_of_a_score_follows_from_its_range(score, events, scale, doubted):
    role = guess_predictions(log_columns(score=score), log="loans", outcomes_are_events=events).named("score")
    assert (role.scale, role.check is not None) == (scale, doubted)


def test_two_candidates_for_the_score_are_a_doubt_and_the_second_is_no_feature():
    guess = guess_predictions([*log_columns(), number("pd")], log="loans")
    assert guess.named("score").check == '"score" or "pd"?'
    assert ("pd", "another candidate for score") in guess.left_out
    settled = guess_predictions([*log_columns(), number("pd")], log="loans", mapped={"score": "pd"})
    assert settled.named("score").source == "pd"
    assert settled.named("score").check is None


def test_the_event_time_stands_in_for_a_load_time_that_is_not_there():
    role = guess_predictions(log_columns(loaded_at=None), log="loans").named("loaded_at")
    assert role.expression == '"predicted_at"'
    assert role.check.startswith('no such column; "predicted_at" stands in')


def test_text_that_is_no_date_is_no_time():
    guess = guess_predictions([*log_columns(predicted_at=time("scored_ts")), text("event_date", "x")], log="loans")
    assert guess.named("predicted_at").check is None
    assert guess.named("event_date_column").role == "feature"


def test_a_log_of_one_model_need_not_name_it():
    guess = guess_predictions(log_columns(model_id=None, model_version=None), log="o'loan")
    assert guess.named("model_id").expression == "'o''loan'"
    assert guess.named("model_version").expression == "'1'"


def test_without_a_score_the_message_names_the_fix_and_the_columns():
    columns = [*log_columns(score=None), number("x17")]
    with pytest.raises(
        UserError, match=r"no column for score. Name one with --map score=COLUMN; columns of a fitting type: \"x17\""
    ):
        guess_predictions(columns, log="loans")


def test_outcomes_join_on_the_column_that_is_the_predictions_key():
    columns = [text("id", distinct=100), text("loan_no", distinct=100), time("outcome_date"), number("defaulted")]
    guess = guess_outcomes(columns, key="loan_no")
    assert guess.named("prediction_id").source == "loan_no"
    assert guess.named("outcome").source == "defaulted"
    assert guess.named("loaded_at").check


def test_losses_that_are_logged_as_negative_numbers_are_turned():
    columns = [time("cob_date", "DATE"), text("desk", "rates"), number("VaR_99", -9, -2), number("hpl"), number("apl")]
    guess = guess_market_risk(columns, log="desk")
    assert guess.named("var_990").expression == '-"VaR_99"'
    assert guess.named("pnl_actual").source == "apl"
    assert guess.named("loaded_at").expression == '"cob_date"'


COLUMN_TYPES = ["VARCHAR", "DOUBLE", "INTEGER", "BOOLEAN", "TIMESTAMP", "DATE", "VARCHAR[]", "TIMESTAMP WITH TIME ZONE"]
extra_columns = st.lists(
    st.builds(
        lambda name, data_type, distinct: Column(name, data_type, 100, 0, distinct, values=("{{ a }}",)),
        st.text(min_size=1, max_size=12)
        | st.sampled_from(["n", "ORDER", 'a"b', "a'b", "{{ x }}", "event_date", "日本"]),
        st.sampled_from(COLUMN_TYPES),
        st.integers(1, 100),
    ),
    unique_by=lambda column: column.name.lower(),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(extra=extra_columns)
def test_every_column_has_a_role_or_is_left_out_and_the_yaml_says_so(extra):
    base = log_columns()
    columns = base + [column for column in extra if column.name.lower() not in {one.name for one in base}]
    guess = guess_predictions(columns, log="loans")
    placed = {role.source for role in guess.roles} | {name for name, _ in guess.left_out}
    assert placed == {column.name for column in columns}
    names = [role.name for role in guess.roles]
    assert len(names) == len(set(names))

    files = LogFiles(
        "retail_banking__loans", {"predictions": Relation("r", parts=("raw", "r"))}, {"predictions": guess}
    )
    texts = prediction_files(files)
    documents = {path: yaml.safe_load(body) for path, body in texts.items() if path.endswith(".yml")}
    (staged,) = [
        model
        for path, document in documents.items()
        for model in document.get("models", [])
        if model["name"] == "stg_retail_banking__loans"
    ]
    known = {field.name for field in KINDS["predictions"]} | {"segment", "group", "feature"}
    assert [column["name"] for column in staged["columns"]] == names
    assert all(re.fullmatch("[a-z][a-z0-9_]*", name) for name in names)
    assert all(column["config"]["meta"]["role"] in known for column in staged["columns"])
    assert "{{" not in str(staged)


@pytest.mark.parametrize(
    ("log", "kind"),
    [
        ("retail_banking__credit", "predictions"),
        ("retail_banking__card_fraud", "predictions"),
        ("wealth_management__churn", "predictions"),
        ("wealth_management__return_forecast", "predictions"),
        ("investment_banking__market_risk", "market_risk"),
    ],
)
def test_the_sample_bank_is_read_as_it_is_registered(log, kind):
    """The finished YAML and its `columns={...}` give back the raw columns, as far as names and types go."""
    folder = ROOT / "models" / "staging" / "sample_bank"
    models = yaml.safe_load((folder / "_sample_bank__models.yml").read_text())["models"]
    for name, of_kind in ((f"stg_{log}", kind), (f"stg_{log}__outcomes", "outcomes")):
        entry = next((model for model in models if model["name"] == name), None)
        if entry is None:
            continue
        sources = dict(re.findall(r"'(\w+)': '(\w+)'", (folder / f"{name}.sql").read_text()))
        constants = set(re.findall(r"'(\w+)': \"'", (folder / f"{name}.sql").read_text()))
        raw = [raw_column(column, sources) for column in entry["columns"] if column["name"] not in constants]
        if of_kind == "outcomes":
            guess = guess_outcomes(raw)
        else:
            guess = (guess_predictions if kind == "predictions" else guess_market_risk)(raw, log=log.split("__")[1])
        for column in entry["columns"]:
            role = guess.named(column["name"])
            assert role is not None, column["name"]
            if column["name"] in {field.name for field in KINDS[of_kind]} - constants:
                assert role.source == sources.get(column["name"], column["name"])
            meta = column["config"]["meta"]
            if meta["role"] == "score":
                assert role.scale == meta["scale"]
            if meta["role"] == "group":
                assert role.role == "group"


def raw_column(column, sources):
    name = sources.get(column["name"], column["name"])
    if column["data_type"] in ("timestamp", "date"):
        return time(name, column["data_type"].upper())
    if column["data_type"] in ("double", "bigint"):
        is_value = column["config"]["meta"].get("scale") == "value"
        return number(name, -0.5 if is_value else 0.0, 0.9, data_type=column["data_type"].upper())
    if column["data_type"] == "boolean":
        return Column(name, "BOOLEAN", 100, 0, 2)
    values = ("final",) if name == "outcome_status" else ("a", "b")
    return text(name, *values)


def test_a_market_risk_log_needs_three_models_and_its_yaml():
    columns = [time("risk_date", "DATE"), number("var_990", 1, 9), number("pnl_actual", -9, 9), time("loaded_at")]
    guess = guess_market_risk(columns, log="desk")
    files = LogFiles("bank__desk", {"market_risk": Relation("d", parts=("d",))}, {"market_risk": guess})
    texts = market_risk_files(files)
    assert {Path(path).name for path in texts if path.endswith(".sql")} == {
        "stg_bank__desk.sql",
        "quarantine_bank__desk.sql",
        "evd_bank__desk__days.sql",
    }
