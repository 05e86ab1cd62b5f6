"""One log into a project: what was found in it, then the files, registers and settings that follow from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from dbt_model_risk.errors import UserError
from dbt_model_risk.scaffold import registers
from dbt_model_risk.scaffold.contract import KINDS
from dbt_model_risk.scaffold.guess import Guess, guess_market_risk, guess_outcomes, guess_predictions
from dbt_model_risk.scaffold.names import identifier
from dbt_model_risk.scaffold.project import MISSING_CONFIG, PROJECT_NAMES, added_log, log_lines, project_config
from dbt_model_risk.scaffold.relation import Column, Relation, read_columns, read_versions
from dbt_model_risk.scaffold.render import LogFiles, market_risk_files, prediction_files, sandbox_mart_files
from dbt_model_risk.scaffold.write import written

__all__ = ["BroughtIn", "Found", "bring_in", "guesses_for"]

SHIPPED_SANDBOXES = ("retail_banking", "investment_banking", "wealth_management")


@dataclass(frozen=True)
class Found:
    """What a log was found to be: its relations, guesses, versions and kind of problem."""

    log: str
    relations: dict[str, Relation]
    guesses: dict[str, Guess]
    versions: list[tuple[str, str, str, str, str | None]]
    problem_type: str


@dataclass(frozen=True)
class BroughtIn:
    """What was done to the project, and what is left to the user."""

    found: Found
    created: list[str]
    existing: list[str]
    added_rows: dict[str, list[dict[str, str]]]
    to_paste: dict[str, str] = field(default_factory=dict)
    as_of_date: str = ""
    recorded_at: str = ""


def guesses_for(
    connection: duckdb.DuckDBPyConnection, *, log: str, relations: dict[str, Relation], mapped: Mapping[str, str]
) -> Found:
    """Read the relations and guess what they are.

    Raises
    ------
    UserError
        Where a relation cannot be read, a mapped name or column does not exist, or a mandatory column has no source.
    """
    columns = {kind: read_columns(connection, relation) for kind, relation in relations.items()}
    check_mappings(mapped, columns)
    name = log.split("__")[1]
    guesses: dict[str, Guess] = {}
    if "market_risk" in columns:
        main = "market_risk"
        guesses[main] = guess_market_risk(columns[main], log=name, mapped=mapped)
    else:
        main = "predictions"
        events = outcomes_are_events(columns.get("outcomes", ()), mapped)
        guesses[main] = guess_predictions(columns[main], log=name, mapped=mapped, outcomes_are_events=events)
        if "outcomes" in columns:
            key = guesses[main].named("prediction_id").source
            guesses["outcomes"] = guess_outcomes(columns["outcomes"], key=key, mapped=mapped)
    guess = guesses[main]
    versions = read_versions(
        connection,
        relations[main],
        model=expression(guess, "model_id"),
        version=expression(guess, "model_version"),
        time=expression(guess, "risk_date" if main == "market_risk" else "predicted_at"),
        artifact=expression(guess, "artifact_sha256"),
    )
    score = guess.named("score")
    problem_type = "market_risk" if score is None else ("regression" if score.scale == "value" else "binary")
    return Found(log, relations, guesses, versions, problem_type)


def bring_in(project: Path, found: Found, *, recorded_at: str, is_live: bool = False) -> BroughtIn:
    """Write what `found` asks for into the project: new files, register rows, and the log's name in its lists."""
    config = project_config(project)
    sandbox = found.log.split("__")[0]
    files = LogFiles(found.log, found.relations, found.guesses)
    texts = market_risk_files(files) if "market_risk" in found.guesses else prediction_files(files, is_live=is_live)
    if sandbox not in SHIPPED_SANDBOXES:
        texts |= sandbox_mart_files(sandbox, is_live=is_live)
    texts |= {"macros/project_names.sql": PROJECT_NAMES} if not has_macro(project) else {}
    texts |= missing_registers(project)
    created, existing = written(project, texts)
    rows = registers.register_rows(
        sandbox=sandbox, versions=found.versions, problem_type=found.problem_type, recorded_at=recorded_at
    )
    to_paste: dict[str, str] = {}
    added = {name: add_rows(project, name, new, to_paste) for name, new in rows.items()}
    kind = "market_risk_logs" if "market_risk" in found.guesses else "prediction_logs"
    add_to_list(project, found.log, kind, to_paste, is_live=is_live)
    if not is_configured(config):
        to_paste["dbt_project.yml (settings)"] = MISSING_CONFIG.replace("NAME", str(config.get("name")))
    as_of_date = str((config.get("vars") or {}).get("as_of_date", ""))
    return BroughtIn(found, created, existing, added, to_paste, as_of_date, recorded_at)


def missing_registers(project: Path) -> dict[str, str]:
    """Headers of the registers that are neither a seed nor a model of the project yet.

    Their types need no YAML here: dbt applies the package's, by name, and a second description would be an error.
    """
    return {
        f"seeds/registers/{name}.csv": registers.row_text(columns)
        for name, columns in registers.register_columns().items()
        if not any((project / "seeds").rglob(f"{name}.csv")) and not any((project / "models").rglob(f"{name}.sql"))
    }


def add_rows(
    project: Path, register: str, rows: list[dict[str, str]], to_paste: dict[str, str]
) -> list[dict[str, str]]:
    """Add the rows that the register lacks; where it is no CSV of the project, have them pasted."""
    file = next(iter(sorted((project / "seeds").rglob(f"{register}.csv"))), None)
    columns = registers.register_columns()[register]
    if file is None:
        lines = "".join(registers.row_text([row.get(column, "") for column in columns]) for row in rows)
        to_paste[f"the register {register}"] = registers.row_text(columns) + lines
        return []
    text = file.read_text(encoding="utf-8")
    grown, new = registers.appended(text, register, rows)
    if new:
        file.write_text(grown, encoding="utf-8", newline="\n")
    return new


def add_to_list(project: Path, log: str, kind: str, to_paste: dict[str, str], *, is_live: bool) -> None:
    file = project / "dbt_project.yml"
    text = file.read_text(encoding="utf-8")
    grown = added_log(text, log, kind, is_live=is_live)
    if grown is None:
        to_paste["dbt_project.yml"] = log_lines(log, kind, is_live=is_live)
    elif grown != text:
        file.write_text(grown, encoding="utf-8", newline="\n")


def is_configured(config: dict) -> bool:
    """Whether the package's sample bank is switched off, as a project of one's own needs it."""
    package = (config.get("models") or {}).get("dbt_model_risk") or {}
    return (package.get("sample_bank") or {}).get("+enabled") is False


def has_macro(project: Path) -> bool:
    files = (project / "macros").rglob("*.sql")
    return any("generate_schema_name" in file.read_text(encoding="utf-8") for file in files)


def check_mappings(mapped: Mapping[str, str], columns: Mapping[str, tuple[Column, ...]]) -> None:
    names = {field.name for kind in columns for field in KINDS[kind]}
    sources = {column.name.lower() for kind in columns for column in columns[kind]}
    for name, source in mapped.items():
        if name not in names:
            raise UserError(f"--map {name}: no such name in the contract. Names: {', '.join(sorted(names))}.")
        if source.lower() not in sources:
            raise UserError(f"--map {name}={source}: no column {source}. Columns: {', '.join(sorted(sources))}.")


def outcomes_are_events(columns: tuple[Column, ...], mapped: Mapping[str, str]) -> bool:
    """Whether outcomes look like 0 and 1; without any to look at they are taken for such."""
    if not columns:
        return True
    outcome = guess_outcomes(columns, mapped=mapped, partial=True).named("outcome")
    column = next((column for column in columns if outcome and column.name == outcome.source), None)
    return (
        column is None or not column.is_number or (column.distinct_count <= 2 and {column.low, column.high} <= {0, 1})
    )


def expression(guess: Guess, name: str) -> str:
    role = guess.named(name)
    if role is None:
        return "null"
    return role.expression or identifier(role.source)
