"""Declared rules and missing codes: the one scan counts what a count of the raw rows gives, in every dialect."""

import json

import numpy as np
import pandas as pd
import pytest
from toy_bank_driver import ToyBank, prediction

YAML = "models/staging/_staging__models.yml"
RULES = """
    config:
      meta:
        rules:
          - {rule_id: rich_are_scored_low, expression: "income < 100 or score <= 0.5"}
          - {rule_id: clerks_have_income, expression: "occupation <> 'clerk' or income is not null"}
          - {rule_id: named_in_time, expression: "prediction_id like 'p%' and loaded_at > predicted_at"}
"""
DECLARED = {
    "stg_retail_banking__scores\n": "stg_retail_banking__scores" + RULES,
    "name: region, data_type: varchar, config: {meta: {role: segment}}": (
        "name: region, data_type: varchar, "
        "config: {meta: {role: segment, missing_values: ['NA'], domain: [north, o'er]}}"
    ),
    "name: income, data_type: double, config: {meta: {role: feature}}": (
        "name: income, data_type: double, "
        "config: {meta: {role: feature, missing_values: [-999, 1e6, none], range: [0, 500], "
        "domain: [-5, 7.5, 50, 600]}}"
    ),
    "name: occupation, data_type: varchar, config: {meta: {role: feature}}": (
        "name: occupation, data_type: varchar, "
        'config: {meta: {role: feature, missing_values: [NA, 1900-01-01, false], pattern: "[a-z\' ]+"}}'
    ),
    "name: loaded_at, data_type: timestamp, config: {meta: {role: loaded_at}}": (
        "name: loaded_at, data_type: timestamp, config: {meta: {role: loaded_at, missing_values: [1900-01-01]}}"
    ),
}
# The dialect that other warehouses get, run by this one.
ANY_WAREHOUSE = """
{% macro duckdb__count_bins(shape, version, rows) -%}
    {{ return(
        dbt_model_risk.default__count_bins(shape, version, rows) if var('any_warehouse', false)
        else dbt_model_risk.duckdb__count_bins(shape, version, rows)
    ) }}
{%- endmacro %}
"""
COUNTS = """
    select segment_key, segment_value, event_date, known_date, variable, bin_id, sum(n)
    from evidence.evd_feature_bins where n <> 0 group by all order by all
"""


def declare(folder):
    """Write the declarations into the project, and a switch for the dialect of other warehouses."""
    text = (folder / YAML).read_text()
    for old, new in DECLARED.items():
        assert old in text
        # the first log in the file is the one of predictions
        text = text.replace(old, new, 1)
    (folder / YAML).write_text(text)
    (folder / "macros" / "any_warehouse.sql").write_text(ANY_WAREHOUSE)
    project = folder / "dbt_project.yml"
    dispatch = "\ndispatch:\n  - {macro_namespace: dbt_model_risk, search_order: [toy_bank, dbt_model_risk]}\n"
    project.write_text(project.read_text() + dispatch)


@pytest.fixture(scope="module")
def bank(tmp_path_factory) -> ToyBank:
    return ToyBank(tmp_path_factory.mktemp("declared_bank"), declare)


def raw_rows(rng, count=400):
    """Sound rows with every kind of value that a rule is about."""
    rows = []
    for i in range(count):
        day = f"2024-{1 + int(rng.integers(0, 3)):02}-{1 + int(rng.integers(0, 28)):02}"
        rows.append(
            prediction(
                f"{rng.choice(['p', 'q'])}{i}",
                predicted_at=f"{day} 10:00:00",
                loaded_at=f"{day} {rng.choice(['10:00:00', '23:00:00'])}" if rng.uniform() > 0.05 else "1900-01-01",
                score=float(rng.choice([0.25, 0.5, 0.75])),
                region=rng.choice(np.array(["north", "o'er", "south", "NA", None], dtype=object)),
                income=rng.choice(np.array([-999.0, 1e6, -5.0, 0.0, 7.5, 50.0, 500.0, 600.0, None], dtype=object)),
                occupation=rng.choice(
                    np.array(["clerk", "it's", "Clerk", "clerk1", "", "NA", "1900-01-01", "false", None], dtype=object)
                ),
            )
        )
    return rows


@pytest.fixture(scope="module")
def counted(bank):
    """The raw rows, and the evidence that each dialect counts of them."""
    rows = raw_rows(np.random.default_rng(5))
    bank.load("scores", rows)
    assert bank.build("--select", "+evd_feature_bins", "+quarantine_retail_banking__scores").success
    evidence = {"duckdb": bank.rows(COUNTS)}
    again = ["--full-refresh", "--select", "evd_retail_banking__scores__predictions"]
    assert bank.build(*again, "--vars", "{any_warehouse: true}").success
    evidence["any"] = bank.rows(COUNTS)
    return pd.DataFrame(rows), evidence


def held(condition, is_judged):
    return pd.Series(np.where(is_judged, condition.astype(int), -1), condition.index)


def by_hand(rows):
    """The rules of DECLARED on raw rows, in pandas; SQL's or and and know null, which is written out here."""
    income = rows["income"].astype(float)
    income = income.mask(income.isin([-999.0, 1e6]))
    job = rows["occupation"].mask(rows["occupation"].isin(["NA", "1900-01-01", "false"]))
    region = rows["region"].mask(rows["region"] == "NA")
    in_range, in_domain = income.between(0, 500), income.isin([-5.0, 7.5, 50.0, 600.0])
    is_early = rows["prediction_id"].str.startswith("p") & (rows["loaded_at"] > rows["predicted_at"])
    is_poor, is_low, is_clerk = income < 100, rows["score"] <= 0.5, job == "clerk"
    return {
        "rule:domain:region": held(region.isin(["north", "o'er"]), region.notna()),
        "rule:range:income": held(in_range, income.notna()),
        "rule:domain:income": held(in_domain, income.notna()),
        "rule:valid:income": held(in_range & in_domain, income.notna()),
        "rule:pattern:occupation": held(job.fillna("").str.fullmatch("[a-z' ]+"), job.notna()),
        "rule:rich_are_scored_low": held(is_poor | is_low, income.notna() | is_low),
        "rule:clerks_have_income": held(~is_clerk | income.notna(), job.notna() | income.notna()),
        "rule:named_in_time": is_early.astype(int),
        "missing:income": income.isna().astype(int),
        "missing:occupation": job.isna().astype(int),
    }


def test_what_is_counted_equals_a_count_of_the_raw_rows(counted):
    rows, evidence = counted
    rows = rows[rows["loaded_at"] != "1900-01-01"]
    expected = {}
    for variable, outcome in by_hand(rows).items():
        regions = rows["region"].mask(rows["region"] == "NA").fillna("(missing)")
        for key, values in {"all": pd.Series("all", rows.index), "region": regions}.items():
            for (value, cell), n in pd.concat([values, outcome], axis=1).value_counts().items():
                expected[key, value, variable, cell] = n
    found = {}
    for key, value, _, _, variable, cell, n in evidence["duckdb"]:
        if variable.startswith("rule:"):
            found[key, value, variable, cell] = found.get((key, value, variable, cell), 0) + int(n)
        elif variable in ("income", "occupation"):
            place = (key, value, f"missing:{variable}", int(cell == -1))
            found[place] = found.get(place, 0) + int(n)
    assert found == expected
    assert {cell for *_, variable, cell in found if variable.startswith("rule:")} == {-1, 0, 1}


def test_every_dialect_counts_the_same(counted):
    _, evidence = counted
    assert len(evidence["duckdb"]) > 1000
    assert evidence["any"] == evidence["duckdb"]


def test_a_code_in_a_mandatory_column_is_rejected_as_null(bank, counted):
    rows, _ = counted
    quarantine = "staging.quarantine_retail_banking__scores"
    rejected = dict(bank.rows(f"select reject_reason, count(*) from {quarantine} group by all"))
    assert rejected == {"null_time": (rows["loaded_at"] == "1900-01-01").sum()}


def test_rules_are_no_part_of_the_frozen_baselines(bank, counted):
    query = "select distinct variable from evidence.evd_retail_banking__scores__baseline"
    variables = {name for (name,) in bank.rows(query)}
    assert {"score", "income", "occupation"} <= variables
    assert not [name for name in variables if name.startswith("rule:")]


TEXT = {"name": "channel", "data_type": "varchar"}
NUMBER = {"name": "income", "data_type": "double"}
RULE = {"rule_id": "fits", "expression": "income > 0"}
WRONG = {
    "unknown key": (NUMBER, {"rnage": [0, 1]}, "column 'income' declares the unknown key 'rnage'"),
    "low above high": (NUMBER, {"range": [10, "9.5"]}, "a range from 10 to 9.5, which nothing is in"),
    "no end": (NUMBER, {"range": [None, None]}, "column 'income' declares the range [None, None]"),
    "three ends": (NUMBER, {"range": [1, 2, 3]}, "Write range: [low, high]"),
    "end of text": (NUMBER, {"range": [0, "many"]}, "with the end 'many', which is no number"),
    "range of text": (
        TEXT,
        {"range": [0, 1]},
        "column 'channel' holds text (data_type varchar) and cannot",
    ),
    "range of a time": (
        {"name": "loaded_at", "data_type": "timestamp", "role": "loaded_at"},
        {"range": [0, 1]},
        "column 'loaded_at' is a time and cannot have a range",
    ),
    "domain of nothing": (TEXT, {"domain": []}, "column 'channel' declares domain of nothing"),
    "domain of null": (TEXT, {"domain": ["a", None]}, "column 'channel' lists null in domain"),
    "text in a domain of numbers": (NUMBER, {"domain": [1, "two"]}, "holds numbers, and its domain lists 'two'"),
    "missing and allowed": (TEXT, {"domain": ["a", "NA"], "missing_values": ["NA"]}, "declares 'NA' as missing and"),
    "one missing value": (NUMBER, {"missing_values": -999}, "column 'income' declares missing_values of -999"),
    "pattern of a number": (NUMBER, {"pattern": "[0-9]+"}, "column 'income' holds numbers and cannot have a pattern"),
    "empty pattern": (TEXT, {"pattern": ""}, "column 'channel' declares an empty pattern"),
    "duplicate rules": (NUMBER, [RULE, RULE], "the rule_id 'fits' is there twice"),
    "empty expression": (NUMBER, [RULE | {"expression": " "}], "rule 'fits' has no expression"),
    "expression about nothing": (NUMBER, [RULE | {"expression": "1 = 1"}], "rule 'fits' names no column of the log"),
    "rule without id": (NUMBER, [{"expression": "income > 0"}], "rule 1 has the rule_id ''"),
    "unknown key of a rule": (NUMBER, [RULE | {"severity": "warn"}], "rule 'fits' has the unknown key 'severity'"),
}


def declaration(column, meta):
    """A staging model's node with one column, and the declaration on the column or, of rules, on the model."""
    is_rules = isinstance(meta, list)
    role = {"role": column.get("role", "feature")}
    columns = {column["name"]: column | {"config": {"meta": role if is_rules else role | meta}}}
    config = {"meta": {"rules": meta} if is_rules else {}}
    return {"name": "stg_bank__log", "original_file_path": "models/stg.sql", "columns": columns, "config": config}


def checked(bank, node, has_rules=True):
    arguments = json.dumps({"node": node, "has_rules": has_rules})
    return bank._invoke(["run-operation", "dbt_model_risk.check_declarations", "--args", arguments])


@pytest.mark.parametrize(("column", "meta", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_declaration_that_cannot_be_right_is_one_clear_error(bank, column, meta, message, capfd):
    assert not checked(bank, declaration(column, meta)).success
    said = capfd.readouterr().out
    assert "Log stg_bank__log (models/stg.sql): " in said and message in said


@pytest.mark.parametrize("meta", [{"domain": [1]}, [RULE]], ids=["of a column", "of the model"])
def test_a_rule_of_outcomes_is_refused_since_nothing_counts_it(bank, meta, capfd):
    assert not checked(bank, declaration(NUMBER, meta), has_rules=False).success
    assert "counted for predictions only" in capfd.readouterr().out


def test_declarations_that_can_be_right_pass(bank):
    sound = {"range": [0, None], "domain": [0, "1e3"], "missing_values": [-1, "NA"], "x_owner": "lending"}
    assert checked(bank, declaration(NUMBER, sound)).success
    assert checked(bank, declaration(NUMBER, {"missing_values": ["NA"]}), has_rules=False).success
