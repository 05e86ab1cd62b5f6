"""What the user reads at the end: what was guessed, what may be wrong, what to fill in, and the next command."""

from __future__ import annotations

from dbt_model_risk.scaffold.bring_in import BroughtIn
from dbt_model_risk.scaffold.guess import Guess
from dbt_model_risk.scaffold.names import spoken
from dbt_model_risk.scaffold.registers import KEYS, register_columns

__all__ = ["summary_text"]

OPTIONAL = {"sandboxes": {"active_to"}, "models": set(), "model_versions": {"retired_at"}}
BASELINE = ", and drift is measured against the days from baseline_from to baseline_to"


def summary_text(result: BroughtIn) -> str:
    """Return the summary of a scaffolded log."""
    found = result.found
    lines = [f"{found.log}: {count(result.created, 'file')} written.", ""]
    for kind, guess in found.guesses.items():
        lines += [f"Guessed from {found.relations[kind].path or '.'.join(found.relations[kind].parts)} ({kind}):"]
        lines += guess_lines(guess)
    doubts = [(role.name, role.check) for guess in found.guesses.values() for role in guess.roles if role.check]
    if doubts:
        lines += ["", "May be wrong; look for `# check:` in the YAML, or scaffold anew with --map NAME=COLUMN:"]
        lines += [f"  {name}: {check}" for name, check in doubts]
    if result.existing:
        lines += ["", "Existed and were left as they are:", *(f"  {path}" for path in result.existing)]
    lines += ["", "Fill in:", *to_do(result)]
    for place, text in result.to_paste.items():
        lines += ["", f"Add to {place} yourself; it could not be edited safely:", text.rstrip("\n")]
    if result.as_of_date and result.as_of_date < result.recorded_at[:10]:
        lines += [
            "",
            f"The rows are recorded today, and builds answer for {result.as_of_date}: until as_of_date in "
            "dbt_project.yml is today or later, a build does not know them.",
        ]
    lines += ["", "Next: dbt deps, then dbt build --exclude-resource-type unit_test"]
    return "\n".join(lines) + "\n"


def guess_lines(guess: Guess) -> list[str]:
    """One line for the contract's columns, one for each kind of the others."""
    lines = []
    contract = [
        f"{role.name} = {role.expression if role.source is None else spoken(role.source)}"
        + (f" ({role.scale})" if role.scale else "")
        for role in guess.roles
        if role.role == role.name
    ]
    lines.append("  " + ", ".join(contract))
    for kind in ("segment", "group", "feature"):
        names = [
            f"{role.name} (from {spoken(role.source)})" if role.expression else role.name
            for role in guess.roles
            if role.role == kind
        ]
        if names:
            lines.append(f"  {kind}s: {', '.join(names)}")
    lines += [f"  left out {spoken(name)}: {reason}" for name, reason in guess.left_out]
    return lines


def to_do(result: BroughtIn) -> list[str]:
    """The empty fields of the rows that were added, with what the log says about them."""
    lines = []
    for register, rows in result.added_rows.items():
        for row in rows:
            empty = [
                column
                for column in register_columns()[register]
                if not row.get(column) and column not in OPTIONAL[register]
            ]
            key = " ".join(row[column] for column in register_columns()[register][: KEYS[register]])
            lines.append(f"  seeds/registers/{register}.csv, {key}: {', '.join(empty)}")
    baseline = "" if "market_risk" in result.found.guesses else BASELINE
    lines += [
        f"    {model} {version} was logged from {first} to {last}: deployed_at is no later than the first day{baseline}"
        for model, version, first, last, _ in result.found.versions
    ]
    lines.append("  seeds/registers/people.csv: whoever owns, develops and validates; approvals and validations")
    return lines


def count(things: list, noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"
