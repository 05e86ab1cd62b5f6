"""The text of every file that brings one log in."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from dbt_model_risk.scaffold.contract import OUTCOMES
from dbt_model_risk.scaffold.guess import Guess, Role
from dbt_model_risk.scaffold.names import jinja_text, plain_name, spoken, yaml_text
from dbt_model_risk.scaffold.relation import Relation

__all__ = ["LogFiles", "market_risk_files", "prediction_files", "sandbox_mart_files"]

MARTS = (
    "kri_scorecard",
    "policy_register",
    "breaches",
    "model_detail",
    "validation_results",
    "calibration_grades",
    "credit_stress",
    "fairness",
    "restatements",
    "validation_workflow",
)
# Those that a sandbox has more where a log of it is monitored live, with what their configuration says besides; whole
# days are all that change points know of, the others are part of every intraday run.
INTRADAY = ", tags=['intraday']"
LIVE_MARTS = {
    "drift_monitor": INTRADAY,
    "live_performance": INTRADAY,
    "change_points": "",
    "worst_segments": INTRADAY,
    "freshness": INTRADAY,
}


@dataclass(frozen=True)
class LogFiles:
    """A log's name, and what each of its relations is and holds."""

    log: str
    relations: dict[str, Relation]
    guesses: dict[str, Guess]

    @property
    def title(self) -> str:
        return self.log.split("__")[1].replace("_", " ")


def prediction_files(files: LogFiles, *, is_live: bool = False) -> dict[str, str]:
    """Return path -> text of a prediction log's sources, staging and evidence models.

    Parameters
    ----------
    files
        The log and what it holds.
    is_live
        Whether it is monitored live: it has the evidence of scores, too.
    """
    log, staging, evidence = files.log, f"models/staging/{files.log}", f"models/evidence/{files.log}"
    outcomes = files.guesses.get("outcomes")
    descriptions = {
        f"evd_{log}__baseline": f"Frozen bins of the {files.title} models. One row per version, variable and bin.",
        f"evd_{log}__predictions": f"Predictions of the {files.title} log on frozen bins. "
        "One row per version, days, segment, variable and bin.",
        f"evd_{log}__outcomes": f"Outcomes of the {files.title} log as sums. "
        "One row per version, days, segment, score bin and classes.",
        f"evd_{log}__decisions": f"Decisions of the {files.title} log and what came of them. "
        "One row per version, days, segment or group, decisions and classes.",
        f"evd_{log}__pairs": f"Pairs of scores of the same entity in the {files.title} log. "
        "One row per kind, versions, days, segment, score bins and outcome class.",
        f"evd_{log}__characteristics": f"Outcomes of the {files.title} log by the bins of its features. "
        "One row per version, days, segment, variable, bin and outcome class.",
    }
    if is_live:
        descriptions[f"evd_{log}__scores"] = (
            f"Predictions of the {files.title} log by the cell of their score, and what came of them. "
            "One row per version, days, segment, cell and predicted class."
        )
    texts = {
        f"{staging}/_{log}__sources.yml": sources_yaml(files),
        f"{staging}/_{log}__models.yml": prediction_yaml(files),
        f"{staging}/stg_{log}.sql": log_sql("prediction_log", log, "predictions", files.guesses["predictions"]),
        f"{staging}/stg_{log}__outcomes.sql": (
            log_sql("outcome_log", outcome_source(files), "outcomes", outcomes) if outcomes else no_outcomes_sql()
        ),
        f"{staging}/stg_{log}__admitted.sql": call("admitted_log", log),
        f"{staging}/stg_{log}__judged_outcomes.sql": call("judged_outcomes", log),
        f"{staging}/quarantine_{log}.sql": call("quarantined_rows", log),
        f"{evidence}/_{log}_evidence__models.yml": models_yaml(descriptions),
    }
    for name in descriptions:
        texts[f"{evidence}/{name}.sql"] = call(f"evidence_{name.rpartition('__')[2]}", log)
    return texts


def market_risk_files(files: LogFiles) -> dict[str, str]:
    """Return path -> text of a market-risk log's sources, staging and evidence models."""
    log, staging, evidence = files.log, f"models/staging/{files.log}", f"models/evidence/{files.log}"
    view = staged_yaml(
        f"stg_{log}",
        f"{sentence(files.title)} log in the contract's names. One row per delivered day, portfolio and model version.",
        files.guesses["market_risk"],
    )
    quarantine = plain_yaml(
        f"quarantine_{log}",
        f"Rows of the {files.title} log that no evidence counts, with their reason. One row per rejected row.",
    )
    return {
        f"{staging}/_{log}__sources.yml": sources_yaml(files),
        f"{staging}/_{log}__models.yml": "models:\n" + "\n".join([view, quarantine]),
        f"{staging}/stg_{log}.sql": log_sql("market_risk_log", log, "days", files.guesses["market_risk"]),
        f"{staging}/quarantine_{log}.sql": call("quarantined_days", log),
        f"{evidence}/_{log}_evidence__models.yml": models_yaml(
            {
                f"evd_{log}__days": f"Accepted days of the {files.title} log. "
                "One row per day, portfolio, version and known day."
            }
        ),
        f"{evidence}/evd_{log}__days.sql": call("evidence_days", log),
    }


def sandbox_mart_files(sandbox: str, *, is_live: bool = False) -> dict[str, str]:
    """Return path -> text of the marts of a sandbox that the package does not ship."""
    settings = dict.fromkeys(MARTS, "") | (LIVE_MARTS if is_live else {})
    return {
        f"models/marts/{sandbox}/{sandbox}__{mart}.sql": (
            f"{{{{ config(schema='{sandbox}', materialized='table'{tags}) }}}}\n"
            f"{{{{ dbt_model_risk.sandbox_{mart}('{sandbox}') }}}}\n"
        )
        for mart, tags in settings.items()
    }


def call(macro: str, log: str) -> str:
    return f"{{{{ dbt_model_risk.{macro}('{log}') }}}}\n"


def log_sql(macro: str, source: str, table: str, guess: Guess) -> str:
    """A staging view: the macro, the source, and every column that has another name or expression there."""
    head = f"dbt_model_risk.{macro}(source('{source}', '{table}')"
    mapped = [f"    '{role.name}': {jinja_text(role.expression)}" for role in guess.roles if role.expression]
    if not mapped:
        return f"{{{{ {head}) }}}}\n"
    return f"{{{{ {head}, columns={{\n" + ",\n".join(mapped) + "\n}) }}\n"


def no_outcomes_sql() -> str:
    """A view without rows, in the columns that an outcome log has."""
    columns = [f"    cast(null as {field.data_type}) as {field.name}" for field in OUTCOMES]
    columns.append("    cast(null as varchar) as reject_reason")
    note = "{#- No outcome log yet: delete this file and scaffold again with --outcomes when there is one. -#}\n"
    return note + "select\n" + ",\n".join(columns) + "\n\nwhere 1 = 0\n"


def prediction_yaml(files: LogFiles) -> str:
    log, title = files.log, files.title
    outcomes = files.guesses.get("outcomes") or Guess(
        tuple(Role(field.name, field.name, field.data_type, field.description) for field in OUTCOMES)
    )
    entries = [
        staged_yaml(
            f"stg_{log}",
            f"{sentence(title)} log in the contract's names. One row per delivered prediction.",
            files.guesses["predictions"],
        ),
        staged_yaml(
            f"stg_{log}__outcomes",
            f"Outcomes of the {title} log in the contract's names. One row per delivered observation.",
            outcomes,
        ),
        plain_yaml(
            f"stg_{log}__admitted",
            f"Logged predictions of the {title} log, narrow, each admitted or a duplicate. One row per logged row.",
        ),
        plain_yaml(
            f"stg_{log}__judged_outcomes",
            f"Outcomes of the {title} log beside their predictions, with the reason one cannot count. "
            "One row per logged outcome.",
        ),
        plain_yaml(
            f"quarantine_{log}",
            f"Rows of the {title} log that no evidence counts, with their reason. One row per rejected row.",
        ),
    ]
    return "models:\n" + "\n".join(entries)


def models_yaml(descriptions: dict[str, str]) -> str:
    return "models:\n" + "\n".join(plain_yaml(name, text) for name, text in descriptions.items())


def plain_yaml(name: str, description: str) -> str:
    return f"  - name: {name}\n    description: {yaml_text(description)}\n"


def staged_yaml(name: str, description: str, guess: Guess) -> str:
    """A staging view's entry: one line per column, doubts and left-out columns as comments."""
    lines = [f"  - name: {name}", f"    description: {yaml_text(description)}", "    columns:"]
    lines += [f"      {column_yaml(role)}" for role in guess.roles]
    if guess.left_out:
        lines.append("      # Left out:")
        lines += [f"      #   {spoken(column)}: {reason}" for column, reason in guess.left_out]
    return "\n".join(lines) + "\n"


def column_yaml(role: Role) -> str:
    meta = f"role: {role.role}" + (f", scale: {role.scale}" if role.scale else "")
    description = role.description
    if not description and role.source:
        description = f"{sentence(plain_name(role.source).replace('_', ' '))}."
    line = (
        f"- {{name: {role.name}, data_type: {role.data_type}, description: {yaml_text(description)}, "
        f"config: {{meta: {{{meta}}}}}}}"
    )
    return f"{line}  # check: {role.check}" if role.check else line


def sources_yaml(files: LogFiles) -> str:
    """The log's sources: a file by its path, a table by its schema and name."""
    sources: dict[str, dict] = {}
    for kind, relation in files.relations.items():
        name = outcome_source(files) if kind == "outcomes" else files.log
        source = sources.setdefault(name, source_entry(name, files, relation))
        table: dict = {"name": "days" if kind == "market_risk" else kind}
        if relation.path:
            table["config"] = {"meta": {"external_location": relation.path}}
        else:
            table["identifier"] = relation.parts[-1]
        source["tables"].append(table)
    note = "# A path counts from the folder that dbt runs in: the project's.\n" if has_file(files) else ""
    return note + yaml.safe_dump({"sources": list(sources.values())}, sort_keys=False, allow_unicode=True, width=120)


def source_entry(name: str, files: LogFiles, relation: Relation) -> dict:
    entry: dict = {"name": name, "description": f"The {files.title} log as it is delivered."}
    database, schema = [None, "main", *relation.parts][-3:-1] if relation.parts else (None, None)
    if database and len(relation.parts) == 3:
        entry["database"] = database
    if schema:
        entry["schema"] = schema
    return {**entry, "tables": []}


def outcome_source(files: LogFiles) -> str:
    """The source that outcomes are in: the log's own, or one more where they lie in another schema."""
    places = {relation.parts[:-1] for relation in files.relations.values() if relation.parts}
    return f"{files.log}__outcomes" if len(places) > 1 or mixes_files(files) else files.log


def mixes_files(files: LogFiles) -> bool:
    return has_file(files) and any(relation.parts for relation in files.relations.values())


def has_file(files: LogFiles) -> bool:
    return any(relation.path for relation in files.relations.values())


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
