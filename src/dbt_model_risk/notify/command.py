"""The command `notify`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dbt_model_risk.notify import message
from dbt_model_risk.notify.channels import configured
from dbt_model_risk.notify.delivery import deliver
from dbt_model_risk.notify.warehouse import opened, unfinished_alerts
from dbt_model_risk.scaffold.project import database_path

__all__ = ["notify"]

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--config", "config_file", type=FILE, help="An Apprise configuration; a tag is the name of a route.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@click.option("--wait", "wait_seconds", type=float, default=0, help="Seconds to wait while another process writes.")
@click.option(
    "--attempts", type=int, default=10, show_default=True, help="Tries per message and service, over all runs."
)
@click.option("--project-dir", type=FOLDER, default=".", help="The dbt project; else the current folder.")
@click.option("--profiles-dir", type=FOLDER, help="Where profiles.yml is; else the project, then ~/.dbt.")
@click.option("--target", help="The profile's target whose database is read.")
def notify(
    config_file: Path | None,
    dry_run: bool,
    wait_seconds: float,
    attempts: int,
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
) -> None:
    """Send the alerts of enterprise.alert_outbox that nobody was told of yet.

    Where they go stands in an Apprise configuration, a file or the text in DBT_MODEL_RISK_NOTIFY, whose tags are the
    routes of the register alert_routes. Each message goes out once; after a crash at most twice, and then it says so.
    Exits with 1 where a message did not get through, and names it.

    \b
    Example: dbt-model-risk notify --config notify.yml
    """
    database = database_path(project_dir.resolve(), profiles=profiles_dir, target=target)
    channels = None if dry_run else configured(config_file, os.environ.get("DBT_MODEL_RISK_NOTIFY"))
    with opened(database, wait_seconds=wait_seconds) as connection:
        if channels is None:
            alerts = unfinished_alerts(connection)
            for alert in alerts:
                click.echo(f"[{alert['route_id']}] {message.title(alert)}\n{message.body(alert)}\n")
            click.echo(f"{len(alerts)} alerts would be sent.")
            return
        report = deliver(connection, channels, attempts=attempts, tell=click.echo)
    for problem in report.problems:
        click.echo(f"Not sent: {problem}", err=True)
    click.echo(f"{report.sent} messages sent.")
    if report.problems:
        raise click.exceptions.Exit(1)
