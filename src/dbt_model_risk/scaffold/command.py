"""The commands `init` and `scaffold`: options in, files and a summary out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import click

from dbt_model_risk.errors import UserError
from dbt_model_risk.scaffold.bring_in import bring_in, guesses_for
from dbt_model_risk.scaffold.project import database_path, new_project, project_config
from dbt_model_risk.scaffold.relation import connected, located
from dbt_model_risk.scaffold.summary import summary_text
from dbt_model_risk.scaffold.write import written

__all__ = ["init", "scaffold"]

CHECKOUT = Path(__file__).parents[3]
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("name")
@click.option("--package", help="Where the dbt package is: a folder, or a git address followed by @revision.")
@click.option("--as-of", "as_of_date", type=click.DateTime(["%Y-%m-%d"]), help="The day to answer for; else today.")
def init(name: str, package: str | None, as_of_date: datetime | None) -> None:
    """Start a dbt project NAME in a new folder of that name.

    Files that are there already stay as they are.

    \b
    Example: dbt-model-risk init my_bank
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise click.BadParameter("use lower-case letters, digits and underscores, a letter first", param_hint="NAME")
    day = as_of_date.date() if as_of_date else date.today()
    files = new_project(name=name, package=package_entry(package), as_of_date=day.isoformat())
    created, existing = written(Path(name), files)
    click.echo(f"Created in {name}/: {', '.join(created) or 'nothing'}")
    if existing:
        click.echo(f"Left as they are: {', '.join(existing)}")
    click.echo(f"Builds answer for {day} (as_of_date in dbt_project.yml).")
    click.echo(
        f"Next: cd {name}, then dbt-model-risk scaffold <sandbox>__<log> --predictions <file or relation> "
        "--outcomes <file or relation>"
    )


@click.command()
@click.argument("log")
@click.option("--predictions", help="The prediction log: schema.table, or a Parquet or CSV file.")
@click.option("--outcomes", help="The outcome log of these predictions, where there is one.")
@click.option("--market-risk", help="A market-risk log (value at risk and profit and loss by day), in place of these.")
@click.option("--live", "is_live", is_flag=True, help="Monitor the prediction log live: by day, and before outcomes.")
@click.option("--map", "maps", multiple=True, metavar="NAME=COLUMN", help="Settle a guess; may be given several times.")
@click.option("--project-dir", type=FOLDER, default=".", help="The dbt project; else the current folder.")
@click.option("--profiles-dir", type=FOLDER, help="Where profiles.yml is; else the project, then ~/.dbt.")
@click.option("--target", help="The profile's target whose database is read.")
def scaffold(
    log: str,
    predictions: str | None,
    outcomes: str | None,
    market_risk: str | None,
    is_live: bool,
    maps: tuple[str, ...],
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
) -> None:
    """Bring the log LOG, named <sandbox>__<log>, under governance.

    Reads the columns and the first rows of the log, guesses what each column is, and writes the models, their YAML
    and the register rows. No existing file is overwritten; registers and the list of logs only grow.

    \b
    Examples:
      dbt-model-risk scaffold retail_banking__loans --predictions data/loans.parquet --outcomes data/defaults.parquet
      dbt-model-risk scaffold investment_banking__desk --market-risk raw.var_days
      dbt-model-risk scaffold retail_banking__loans --predictions raw.loans --map score=pd_final
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*__[a-z0-9]+(_[a-z0-9]+)*", log):
        raise click.BadParameter(
            "write <sandbox>__<log> in lower case, such as retail_banking__loans", param_hint="LOG"
        )
    if bool(predictions) == bool(market_risk):
        raise click.UsageError("Give either --predictions (with --outcomes, where there is one) or --market-risk.")
    if outcomes and market_risk:
        raise click.UsageError("--outcomes belongs to --predictions; a market-risk log holds its own.")
    if is_live and market_risk:
        raise click.UsageError("--live belongs to --predictions; a market-risk log is judged by day already.")
    mapped = mappings(maps)
    project = project_dir.resolve()
    project_config(project)
    texts = {"predictions": predictions, "outcomes": outcomes, "market_risk": market_risk}
    relations = {kind: located(text, project=project) for kind, text in texts.items() if text}
    needs_database = any(relation.parts for relation in relations.values())
    database = database_path(project, profiles=profiles_dir, target=target) if needs_database else None
    with connected(database) as connection:
        found = guesses_for(connection, log=log, relations=relations, mapped=mapped)
    recorded_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    click.echo(summary_text(bring_in(project, found, recorded_at=recorded_at, is_live=is_live)), nl=False)


def package_entry(package: str | None) -> dict[str, str]:
    """Return the entry of packages.yml; without a hint, the checkout that this command is run from.

    Raises
    ------
    UserError
        Where there is no checkout and nothing is named, or the folder holds no package.
    """
    if package is None:
        if (CHECKOUT / "dbt_project.yml").exists():
            return {"local": str(CHECKOUT)}
        raise UserError("Say where the dbt package is: --package FOLDER, or --package GIT_ADDRESS@REVISION.")
    if re.match(r"(https?|ssh)://|git@", package):
        address, _, revision = package.rpartition("@") if "@" in package[4:] else (package, "", "")
        return {"git": address, "revision": revision} if revision and address != "git" else {"git": package}
    if not (Path(package) / "dbt_project.yml").exists():
        raise UserError(f"No dbt_project.yml in {package}. Name the folder of the checked-out dbt_model_risk.")
    return {"local": str(Path(package).resolve())}


def mappings(maps: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in maps]
    wrong = next((text for text, (_, sign, column) in zip(maps, pairs, strict=True) if not sign or not column), None)
    if wrong:
        raise click.BadParameter(f"{wrong} is not NAME=COLUMN, such as score=pd_final", param_hint="--map")
    return {name.strip(): column.strip() for name, _, column in pairs}
