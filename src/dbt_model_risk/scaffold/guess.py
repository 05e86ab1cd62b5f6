"""Which column plays which role, by name, type and values; what is unsure says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dbt_model_risk.errors import UserError
from dbt_model_risk.scaffold.contract import GROUPS, KINDS, OUTCOME_NAMES, SEGMENTS, TIME, Field
from dbt_model_risk.scaffold.names import free_name, identifier, plain_name, spoken
from dbt_model_risk.scaffold.relation import INTEGERS, Column

__all__ = ["Guess", "Role", "guess_market_risk", "guess_outcomes", "guess_predictions"]

MAX_CATEGORIES = 50
MAX_SEGMENT_VALUES = 30
DATED = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d")
VALUE_NAMES = ("return", "forecast", "estimate", "y_hat", "yhat", "value", "amount")


@dataclass(frozen=True)
class Role:
    """One column of the staging view: its contract name, its source expression where that differs, and any doubt."""

    name: str
    role: str
    data_type: str
    description: str = ""
    source: str | None = None
    expression: str | None = None
    scale: str | None = None
    check: str | None = None


@dataclass(frozen=True)
class Guess:
    """The roles of a relation's columns in YAML order, and the columns without one, each with the reason."""

    roles: tuple[Role, ...]
    left_out: tuple[tuple[str, str], ...] = ()

    def named(self, name: str) -> Role | None:
        return next((role for role in self.roles if role.name == name), None)


def guess_predictions(
    columns: Iterable[Column], *, log: str, mapped: Mapping[str, str] | None = None, outcomes_are_events: bool = True
) -> Guess:
    """Guess the roles of a prediction log's columns.

    Parameters
    ----------
    columns
        The log's columns.
    log
        The log's name without its sandbox; it names the model where no column does.
    mapped
        Source columns that the user named, by contract name.
    outcomes_are_events
        Whether the outcomes are 0 and 1; a score for other outcomes is a value.

    Raises
    ------
    UserError
        Where nothing can stand in for a mandatory column.
    """
    columns = tuple(columns)
    found, rivals = assigned(columns, "predictions", mapped)
    roles = {name: contract_role(field_of("predictions", name), column, rivals[name]) for name, column in found.items()}
    stand_in(roles, "loaded_at", roles.get("predicted_at"), "an outcome or score that arrives late is seen as on time")
    stand_in(roles, "predicted_at", roles.get("loaded_at"), "a score counts on the day it was loaded")
    if "score" not in roles and "predicted_value" in roles:
        found["score"] = found["predicted_value"]
        stand_in(roles, "score", roles.pop("predicted_value"), "make sure that it is what the model gave")
    entity = found.get("entity_id")
    if entity and entity.distinct_count == entity.rows:
        stand_in(roles, "prediction_id", roles["entity_id"], "a second score of the same entity is a duplicate")
    literal(roles, "model_id", log)
    literal(roles, "model_version", "1")
    complete(roles, "predictions", columns)
    if "score" in found:
        roles["score"] = scaled_score(roles["score"], found["score"], outcomes_are_events)

    rest = [column for column in columns if column.name not in {role.source for role in roles.values()}]
    losers = {column.name: name for name, others in rivals.items() for column in others if name == "score"}
    left_out, free = [], []
    taken = {field.name for kind in KINDS.values() for field in kind}
    for column in rest:
        reason = f"another candidate for {losers[column.name]}" if column.name in losers else useless(column)
        if reason:
            left_out.append((column.name, reason))
        else:
            free.append(free_role(column, taken))
            taken.add(free[-1].name)
    order = {"segment": 0, "group": 1, "feature": 2}
    free.sort(key=lambda role: order[role.role])
    return Guess((*in_contract_order(roles, "predictions"), *free), tuple(left_out))


def guess_outcomes(
    columns: Iterable[Column],
    *,
    key: str | None = None,
    mapped: Mapping[str, str] | None = None,
    partial: bool = False,
) -> Guess:
    """Guess the roles of an outcome log's columns; `key` is the predictions' key column in its source.

    With `partial`, a missing column is no error.

    Raises
    ------
    UserError
        Where nothing can stand in for a mandatory column.
    """
    columns = tuple(columns)
    mapped = dict(mapped or {})
    shared = next((column.name for column in columns if key and column.name.lower() == key.lower()), None)
    if shared:
        mapped.setdefault("prediction_id", shared)
    found, rivals = assigned(columns, "outcomes", mapped)
    roles = {name: contract_role(field_of("outcomes", name), column, rivals[name]) for name, column in found.items()}
    stand_in(roles, "loaded_at", roles.get("observed_at"), "an outcome that arrives late is seen as on time")
    stand_in(roles, "observed_at", roles.get("loaded_at"), "an outcome counts on the day it was loaded")
    if not partial:
        complete(roles, "outcomes", columns)
    outcome = found.get("outcome")
    if outcome and not outcome.is_number and not outcome.is_number_in_text and outcome.data_type != "BOOLEAN":
        values = ", ".join(outcome.values)
        roles["outcome"] = doubt(roles["outcome"], f"it holds text ({values}); map it to 1 and 0 in columns={{...}}")
    status = found.get("outcome_status")
    if status and not set(status.values) <= {"final", "provisional", "excluded"}:
        del roles["outcome_status"]
    return contract_only(columns, roles, "outcomes")


def guess_market_risk(columns: Iterable[Column], *, log: str, mapped: Mapping[str, str] | None = None) -> Guess:
    """Guess the roles of a market-risk log's columns.

    Raises
    ------
    UserError
        Where nothing can stand in for a mandatory column.
    """
    columns = tuple(columns)
    found, rivals = assigned(columns, "market_risk", mapped)
    roles = {name: contract_role(field_of("market_risk", name), column, rivals[name]) for name, column in found.items()}
    stand_in(roles, "loaded_at", roles.get("risk_date"), "a day that arrives late is seen as on time")
    literal(roles, "portfolio_id", "all")
    literal(roles, "model_id", log)
    literal(roles, "model_version", "1")
    complete(roles, "market_risk", columns)
    for name in ("var_990", "var_975", "es_975"):
        column = found.get(name)
        if column and column.high is not None and column.high <= 0:
            flipped = replace(roles[name], expression=f"-{identifier(column.name)}")
            roles[name] = doubt(flipped, "its values are negative; the contract's losses are positive")
    return contract_only(columns, roles, "market_risk")


def assigned(
    columns: tuple[Column, ...], kind: str, mapped: Mapping[str, str] | None
) -> tuple[dict[str, Column], dict[str, list[Column]]]:
    """Return the column of each contract name and its rivals: exact names first, then synonyms by rank."""
    fields = KINDS[kind]
    names = {column.name.lower(): column for column in columns}
    found: dict[str, Column] = {}
    for name, source in (mapped or {}).items():
        if name in {field.name for field in fields} and source.lower() in names:
            found[name] = names[source.lower()]
    for field in fields:
        exact = next((column for column in columns if alike(column.name, field.name)), None)
        if exact and field.name not in found and exact not in found.values() and fits(exact, field):
            found[field.name] = exact
    rivals: dict[str, list[Column]] = {}
    for field in fields:
        candidates = [
            column
            for synonym in field.synonyms
            for column in columns
            if alike(column.name, synonym) and column not in found.values() and fits(column, field)
        ]
        is_settled = field.name in (mapped or {}) or (field.name in found and field.name not in ("score", "outcome"))
        if candidates and field.name not in found:
            found[field.name] = candidates.pop(0)
        rivals[field.name] = [] if is_settled else candidates
    return found, {name: [c for c in others if c not in found.values()] for name, others in rivals.items()}


def alike(name: str, other: str) -> bool:
    """Whether two names have the same letters and digits, however they are cased and joined: VaR_99 is var99."""
    letters, others = (re.sub(r"[^a-z0-9]", "", text.lower()) for text in (name, other))
    return letters == others


def fits(column: Column, field: Field) -> bool:
    """Whether the column's type can be read as the field's; text may hold anything."""
    if column.is_nested:
        return False
    if field.name == "outcome":
        return not column.is_time
    if field.data_type in (TIME, "date"):
        is_dated_text = column.data_type == "VARCHAR" and all(DATED.match(value) for value in column.values)
        return column.is_time or (is_dated_text and not column.is_number_in_text)
    if field.data_type == "double":
        return column.is_number or column.is_number_in_text
    return not column.is_time


def contract_role(field: Field, column: Column, rivals: list[Column]) -> Role:
    expression = source_expression(column, field.name, is_time=field.data_type == TIME)
    role = Role(field.name, field.name, field.data_type, field.description, column.name, expression)
    if rivals:
        others = ", ".join(spoken(rival.name) for rival in rivals)
        role = doubt(role, f"{spoken(column.name)} or {others}?")
    return role


def source_expression(column: Column, name: str, *, is_time: bool = False) -> str | None:
    """Return what the column is mapped from; None where its own name says it."""
    if is_time and column.data_type == "TIMESTAMP WITH TIME ZONE":
        return f"({identifier(column.name)} at time zone 'UTC')"
    return None if column.name.lower() == name else identifier(column.name)


def stand_in(roles: dict[str, Role], name: str, source: Role | None, consequence: str) -> None:
    """Let `source` play `name` too, with a doubt, where no column does."""
    if name in roles or source is None:
        return
    field = next(field for kind in KINDS.values() for field in kind if field.name == name)
    expression = source.expression or identifier(source.source)
    role = Role(name, name, field.data_type, field.description, source.source, expression)
    roles[name] = doubt(role, f"no such column; {spoken(source.source)} stands in, so {consequence}")


def literal(roles: dict[str, Role], name: str, value: str) -> None:
    """Give a constant where no column names the model, version or portfolio."""
    if name not in roles:
        field = next(field for kind in KINDS.values() for field in kind if field.name == name)
        role = Role(name, name, field.data_type, field.description, None, "'" + value.replace("'", "''") + "'")
        roles[name] = doubt(role, f"no such column; every row gets '{value}'")


def complete(roles: Mapping[str, Role], kind: str, columns: tuple[Column, ...]) -> None:
    """Stop where a mandatory column has nothing to stand in."""
    missing = [field for field in KINDS[kind] if field.is_mandatory and field.name not in roles]
    if not missing:
        return
    names = ", ".join(field.name for field in missing)
    suitable = [spoken(column.name) for column in columns if any(fits(column, field) for field in missing)]
    if suitable:
        fix = f"Name one with --map {missing[0].name}=COLUMN; columns of a fitting type: {', '.join(suitable[:12])}."
    else:
        fix = "No column has a fitting type: add it where the log is written, or pass a view that has it."
    raise UserError(f"The {kind.replace('_', '-')} log has no column for {names}. {fix}")


def scaled_score(role: Role, column: Column, outcomes_are_events: bool) -> Role:
    """Return the score with its scale: probability, points, or value where it forecasts a number."""
    name = plain_name(column.name)
    if column.low is None:
        return doubt(replace(role, scale="probability"), "it has no number in the rows looked at")
    inside = column.low >= 0 and column.high <= 1
    if not outcomes_are_events or (not inside and any(word in name for word in VALUE_NAMES)):
        return replace(role, scale="value")
    if inside:
        return replace(role, scale="probability")
    if column.low >= 0 and column.high <= 100 and (name == "pd" or "prob" in name):
        percent = replace(role, scale="probability", expression=f"({identifier(column.name)} / 100.0)")
        return doubt(percent, "read as per cent, since it goes beyond 1")
    return doubt(replace(role, scale="points"), f"it goes from {column.low:g} to {column.high:g}: points, or a value?")


def useless(column: Column) -> str | None:
    """Why a column can be neither segment, group nor feature; None where it can."""
    name = plain_name(column.name)
    if column.is_nested:
        return f"{column.data_type.split('(')[0].lower()} columns cannot be counted"
    if column.is_time:
        return "a time without a role"
    if column.null_count == column.rows:
        return "empty in the rows looked at"
    if name in OUTCOME_NAMES or name == "outcome":
        return "looks like the outcome; pass the same relation with --outcomes if it is"
    if name.endswith(("_id", "_key", "_uuid", "_guid")) or name in ("id", "uuid"):
        return "looks like an identifier"
    if not column.is_number and not column.is_number_in_text and column.distinct_count > MAX_CATEGORIES:
        return f"text with more than {MAX_CATEGORIES} values"
    return None


def free_role(column: Column, taken: set[str]) -> Role:
    """The role of a column that the contract does not name: group, segment or feature."""
    plain = plain_name(column.name)
    name = free_name(column.name, taken)
    expression = source_expression(column, name)
    is_category = column.distinct_count <= MAX_SEGMENT_VALUES
    if is_category and (plain in GROUPS or plain.startswith("marital")):
        return Role(name, "group", "varchar", "", column.name, expression)
    if is_category and plain in SEGMENTS:
        return Role(name, "segment", "varchar", "", column.name, expression)
    if column.is_number_in_text:
        role = Role(name, "feature", "double", "", column.name, expression)
        return doubt(role, "text that reads as numbers")
    if column.data_type in INTEGERS:
        return Role(name, "feature", "bigint", "", column.name, expression, number_scale(column))
    if column.is_number:
        return Role(name, "feature", "double", "", column.name, expression, number_scale(column))
    data_type = "boolean" if column.data_type == "BOOLEAN" else "varchar"
    return Role(name, "feature", data_type, "", column.name, expression)


def number_scale(column: Column) -> str | None:
    """log for positive numbers with a long tail; else none, which is linear."""
    is_skewed = column.low is not None and column.low > 0 and column.high > 10 * column.median
    return "log" if is_skewed else None


def contract_only(columns: tuple[Column, ...], roles: dict[str, Role], kind: str) -> Guess:
    used = {role.source for role in roles.values()}
    left_out = [(column.name, "not part of this log's contract") for column in columns if column.name not in used]
    return Guess(in_contract_order(roles, kind), tuple(left_out))


def in_contract_order(roles: Mapping[str, Role], kind: str) -> tuple[Role, ...]:
    return tuple(roles[field.name] for field in KINDS[kind] if field.name in roles)


def field_of(kind: str, name: str) -> Field:
    return next(field for field in KINDS[kind] if field.name == name)


def doubt(role: Role, reason: str) -> Role:
    return replace(role, check=f"{role.check}; {reason}" if role.check else reason)
