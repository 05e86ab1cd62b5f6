"""A dbt project on disk: its database, its list of logs, and a new one."""

from __future__ import annotations

import os
import re
from pathlib import Path

import jinja2
import yaml

from dbt_model_risk.errors import UserError

__all__ = [
    "MISSING_CONFIG",
    "PROJECT_NAMES",
    "added_log",
    "database_path",
    "log_lines",
    "new_project",
    "project_config",
]

PROJECT_NAMES = """\
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ dbt_model_risk.generate_schema_name(custom_schema_name, node) }}
{%- endmacro %}

{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {{ dbt_model_risk.generate_alias_name(custom_alias_name, node) }}
{%- endmacro %}
"""
MISSING_CONFIG = """\
models:
  NAME:
    staging: {+schema: staging, +materialized: view}
    evidence: {+schema: evidence, +materialized: view}
  dbt_model_risk:
    # The bank that the package ships as an example.
    sample_bank: {+enabled: false}
    staging: {sample_bank: {+enabled: false}}
    evidence: {sample_bank: {+enabled: false}}

seeds:
  NAME:
    registers: {+schema: registers}
  dbt_model_risk:
    registers: {+enabled: false}
    sample_bank: {+enabled: false}
"""
DBT_PROJECT = """\
name: NAME
version: "0.1.0"
config-version: 2
require-dbt-version: [">=1.11.0", "<1.12.0"]
profile: NAME

model-paths: [models]
seed-paths: [seeds]
macro-paths: [macros]

flags:
  send_anonymous_usage_stats: false
  require_generic_test_arguments_property: true
  require_ref_searches_node_package_before_root: true

vars:
  # Nothing reads the clock: this date says which day's answer a build gives.
  as_of_date: "AS_OF_DATE"
  prediction_logs: []
  validated_logs: []
  live_logs: []
  holding_logs: {}
  market_risk_logs: []

"""
PROFILES = """\
NAME:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: "{{ env_var('DBT_DUCKDB_PATH', 'target/NAME.duckdb') }}"
      schema: main
      threads: 2
      config_options:
        # The file opens in every reader from DuckDB 1.5 on, whichever version wrote it.
        storage_compatibility_version: v1.5.0
      settings:
        # A log that is a folder: its files' footers are read once per run.
        parquet_metadata_cache: true
"""
# dbt does not see the selectors of a package.
SELECTORS = """\
selectors:
  - name: intraday
    description: New rows of the logs in var live_logs, and what they say; no test. dbt build --selector intraday
    definition:
      method: tag
      value: intraday
      exclude: [{method: resource_type, value: test}, {method: resource_type, value: unit_test}]
"""
IGNORED = "target/\nlogs/\ndbt_packages/\n"
# A prediction log is validated in full; take it off the second list to leave that out.
LISTS_OF = {"prediction_logs": ("prediction_logs", "validated_logs"), "market_risk_logs": ("market_risk_logs",)}
LISTS = tuple(name for names in LISTS_OF.values() for name in names)
# A prediction log is monitored live only where that is asked for.
LIVE = ("live_logs",)


def new_project(*, name: str, package: dict[str, str], as_of_date: str) -> dict[str, str]:
    """Return path -> text of a project that governs nothing yet; `package` is one entry of packages.yml."""
    text = (DBT_PROJECT + MISSING_CONFIG).replace("NAME", name).replace("AS_OF_DATE", as_of_date)
    return {
        "dbt_project.yml": text,
        "profiles.yml": PROFILES.replace("NAME", name),
        "selectors.yml": SELECTORS,
        "packages.yml": yaml.safe_dump({"packages": [package]}, sort_keys=False),
        "macros/project_names.sql": PROJECT_NAMES,
        ".gitignore": IGNORED,
    }


def project_config(project: Path) -> dict:
    """Return dbt_project.yml.

    Raises
    ------
    UserError
        Where there is none, or it is not YAML.
    """
    file = project / "dbt_project.yml"
    if not file.exists():
        raise UserError(
            f"No dbt_project.yml in {project}. Change into a dbt project, or start one: dbt-model-risk init my_bank."
        )
    return loaded(file)


def loaded(file: Path) -> dict:
    try:
        content = yaml.safe_load(file.read_text())
    except yaml.YAMLError as error:
        place = str(getattr(error, "problem_mark", "")).strip()
        raise UserError(f"{file.name} is not YAML ({place}). Correct it and try again.") from error
    return content if isinstance(content, dict) else {}


def database_path(project: Path, *, profiles: Path | None, target: str | None) -> Path:
    """Return the DuckDB file of the project's profile.

    Raises
    ------
    UserError
        Where the profile is missing, is not DuckDB's, or has no file.
    """
    name = project_config(project).get("profile")
    folders = [profiles] if profiles else [project, Path.home() / ".dbt"]
    file = next((folder / "profiles.yml" for folder in folders if (folder / "profiles.yml").exists()), None)
    if file is None:
        raise UserError(f"No profiles.yml in {' or '.join(map(str, folders))}. Name its folder with --profiles-dir.")
    profile = loaded(file).get(name)
    if not profile:
        raise UserError(f"{file} has no profile {name}, which dbt_project.yml names. Add it, or correct the name.")
    target = rendered(target or str(profile.get("target", "default")))
    output = profile.get("outputs", {}).get(target)
    if output is None:
        raise UserError(f"The profile {name} has no target {target}. Name one with --target.")
    path = rendered(str(output.get("path", ":memory:")))
    if output.get("type") != "duckdb" or path == ":memory:" or path.startswith("md:"):
        raise UserError(
            f"The target {target} has no DuckDB file to read columns from. "
            "Export some rows to Parquet and pass that file; then name the table in the source's YAML."
        )
    return Path(path) if Path(path).is_absolute() else project / path


def rendered(text: str) -> str:
    """Return profile text with its env_var() calls answered, as dbt does."""

    def env_var(name: str, default: str | None = None) -> str:
        value = os.environ.get(name, default)
        if value is None:
            raise UserError(f"profiles.yml needs the environment variable {name}. Set it and try again.")
        return value

    try:
        return jinja2.Environment().from_string(text).render(env_var=env_var)
    except jinja2.TemplateError as error:
        raise UserError(f"profiles.yml has an expression that cannot be read here: {text} ({error}).") from error


def log_lines(log: str, kind: str, *, is_live: bool = False) -> str:
    """Return the lines that name a log in dbt_project.yml."""
    own = "".join(f"  {name}:\n    - {log}\n" for name in (*LISTS_OF[kind], *(LIVE if is_live else ())))
    others = "".join(f"  {name}: []  # or the logs it names already\n" for name in LISTS if name not in LISTS_OF[kind])
    return f"vars:\n{own}{others}"


def added_log(text: str, log: str, kind: str, *, is_live: bool = False) -> str | None:
    """Return dbt_project.yml with the log in its list and every other value as it was; None where that is unsure.

    Parameters
    ----------
    text
        The file as it is; its comments and layout stay.
    kind
        prediction_logs or market_risk_logs.
    is_live
        Whether the log goes on the list of those monitored live, too.
    """
    own = (*LISTS_OF[kind], *(LIVE if is_live else ()))
    names = (*LISTS, *(LIVE if is_live else ()))
    before = yaml.safe_load(text) or {}
    variables = before.get("vars") or {}
    lists = {name: list(variables.get(name) or []) for name in names}
    if all(log in lists[name] for name in own) and all(name in variables for name in names):
        return text
    for name in own:
        if log not in lists[name]:
            lists[name].append(log)
    wanted = {**before, "vars": {**variables, **lists}}
    for name in names:
        text = with_list(text, name, lists[name])
    try:
        return text if yaml.safe_load(text) == wanted else None
    except yaml.YAMLError:
        return None


def with_list(text: str, name: str, logs: list[str]) -> str:
    """Return the text with a variable's list written anew, or added below `vars:`."""
    value = "".join(f"\n    - {log}" for log in logs) or " []"
    entry = re.compile(rf"^(  {name}:)[ ]*(\[[^\]\n]*\])?[ ]*(#[^\n]*)?((?:\n[ ]+-[^\n]*)*)$", re.MULTILINE)
    found = entry.search(text)
    if found and (found[2] or found[4]) and yaml.safe_load(found[0]) == {name: logs}:
        return text
    if found:
        comment = f"  {found[3]}" if found[3] else ""
        return text[: found.start()] + found[1] + comment_first(value, comment) + text[found.end() :]
    block = re.search(r"^vars:[ ]*$", text, re.MULTILINE)
    if block:
        return f"{text[: block.end()]}\n  {name}:{value}{text[block.end() :]}"
    return text.rstrip("\n") + f"\n\nvars:\n  {name}:{value}\n"


def comment_first(value: str, comment: str) -> str:
    """Return the list with the comment that stood behind its name."""
    return comment + value if value.startswith("\n") else value + comment
