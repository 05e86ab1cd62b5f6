"""The registers: their columns from the package's own YAML, and the rows that a log asks for."""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from pathlib import Path

import yaml

from dbt_model_risk.errors import UserError

__all__ = ["KEYS", "appended", "register_columns", "register_rows", "row_text"]

PACKAGE = Path(__file__).parents[1]
FILES = "_*__seeds.yml"
KEYS = {"sandboxes": 1, "models": 1, "model_versions": 2}


@lru_cache(maxsize=1)
def register_yaml() -> tuple[str, ...]:
    """Return the package's YAML of the registers: from the checkout, or the copies in the installed package."""
    for folder in (PACKAGE.parents[1] / "seeds" / "registers", PACKAGE / "scaffold"):
        if files := sorted(folder.glob(FILES)):
            return tuple(file.read_text() for file in files)
    raise UserError("The installation lacks the YAML of the registers. Install dbt-model-risk again.")


def register_columns() -> dict[str, list[str]]:
    """Return register -> its columns, in order."""
    seeds = [seed for text in register_yaml() for seed in yaml.safe_load(text)["seeds"]]
    return {seed["name"]: list(seed["config"]["column_types"]) for seed in seeds}


def register_rows(
    *,
    sandbox: str,
    versions: list[tuple[str, str, str, str, str | None]],
    problem_type: str,
    recorded_at: str,
) -> dict[str, list[dict[str, str]]]:
    """Return register -> rows of what a log tells: its sandbox, models and versions.

    Parameters
    ----------
    versions
        Model, version, first day, last day and artefact hash, as `read_versions` gives them.
    problem_type
        binary, regression or market_risk.
    recorded_at
        When the rows are entered.
    """
    models = list(dict.fromkeys(model for model, *_ in versions))
    is_market = problem_type == "market_risk"
    return {
        "sandboxes": [{"sandbox_id": sandbox, "name": title(sandbox), "recorded_at": recorded_at}],
        "models": [
            {
                "model_id": model,
                "sandbox_id": sandbox,
                "name": title(model),
                "problem_type": problem_type,
                "score_direction": "higher_is_event",
                "outcome_horizon_days": "1" if is_market else "",
                "monitoring_grain": "year" if is_market else "month",
                "recorded_at": recorded_at,
            }
            for model in models
        ],
        "model_versions": [
            {
                "model_id": model,
                "model_version": version,
                "artifact_sha256": artifact or "",
                "recorded_at": recorded_at,
            }
            for model, version, _, _, artifact in versions
        ],
    }


def row_text(cells: list[str]) -> str:
    """Return one line of CSV."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def appended(text: str, register: str, rows: list[dict[str, str]]) -> tuple[str, list[dict[str, str]]]:
    """Return a register's text with the rows whose key it lacks at its end, and those rows; nothing else changes."""
    reader = csv.DictReader(io.StringIO(text))
    columns = reader.fieldnames or []
    keys = register_columns()[register][: KEYS[register]]
    if not set(keys) <= set(columns):
        return text, []
    present = {tuple(row[key] for key in keys) for row in reader}
    new = [row for row in rows if tuple(row[key] for key in keys) not in present]
    if not new:
        return text, []
    lines = "".join(row_text([row.get(column, "") for column in columns]) for row in new)
    return text + ("" if text.endswith("\n") else "\n") + lines, new


def title(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
