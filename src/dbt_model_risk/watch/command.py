"""The command `watch`: options in, the loop until somebody stops it."""

from __future__ import annotations

import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import yaml

from dbt_model_risk.scaffold.project import database_path
from dbt_model_risk.watch.loop import Clock
from dbt_model_risk.watch.loop import watch as watch_logs
from dbt_model_risk.watch.news import FolderNews
from dbt_model_risk.watch.notifying import notifier, notifying
from dbt_model_risk.watch.warehouse import RowCounts

__all__ = ["watch"]

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option(
    "--every", default=300.0, type=click.FloatRange(min=1), help="Run at least every so many seconds; else 300."
)
@click.option(
    "--poll", default=1.0, type=click.FloatRange(min=0), help="Seconds between looks for news; 0: never look."
)
@click.option("--folder", "folders", multiple=True, help="Watch this folder or glob too; may be given several times.")
@click.option("--selector", help="A selector of selectors.yml to build; else the models tagged intraday.")
@click.option("--once", is_flag=True, help="Run once and end.")
@click.option("--max-runs", type=click.IntRange(min=1), help="End after so many runs.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Answer for the end of this day; else for now (UTC).")
@click.option("--notify", is_flag=True, help="After each run send what `dbt-model-risk notify` would send.")
@click.option("--config", "config_file", type=FILE, help="The Apprise configuration of --notify.")
@click.option("--vars", "variables", default="{}", help="Further vars, as for dbt.")
@click.option("--project-dir", type=FOLDER, default=".", help="The dbt project; else the current folder.")
@click.option("--profiles-dir", type=FOLDER, help="Where profiles.yml is; else the project, then ~/.dbt.")
@click.option("--target", help="The profile's target.")
def watch(
    every: float,
    poll: float,
    folders: tuple[str, ...],
    selector: str | None,
    once: bool,
    max_runs: int | None,
    as_of: datetime | None,
    notify: bool,
    config_file: Path | None,
    variables: str,
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
) -> None:
    """Keep the live figures up to date: run when a log has something new.

    Loads the project once a day and builds the models tagged intraday when a file arrives in the folder of a live log,
    when a table that one is read from has more rows, and every so often in any case. A failed run is tried again, later
    each time. Ctrl-C or SIGTERM ends it after the run that is under way; a second one breaks that off.

    \b
    Examples:
      dbt-model-risk watch
      dbt-model-risk watch --every 60 --notify --config notify.yml
      dbt-model-risk watch --once --as-of 2025-06-30
    """
    project = project_dir.resolve()
    profiles = profiles_dir.resolve() if profiles_dir else None
    given = parsed_vars(variables)
    config = config_file.resolve() if config_file else None
    patterns = [str(Path(folder).resolve()) for folder in folders]
    # Relative paths in a profile or a source count from the project.
    os.chdir(project)
    database = database_path(project, profiles=profiles, target=target)
    # dbt takes seconds to load; nothing else of the command line waits for it.
    from dbt_model_risk.watch.runner import DbtRuns

    clock = Clock()
    runs = DbtRuns(
        project=project,
        database=database,
        selector=selector,
        as_of=as_of.date() if as_of else None,
        variables=given,
        arguments=tuple(["--profiles-dir", str(profiles)] if profiles else [])
        + tuple(["--target", target] if target else []),
    )
    say(f"Loading the project {project.name}")
    runs.parse(runs.as_of or clock.now().date())
    logs, (globs, tables) = runs.live_logs(), runs.places()
    places = ", ".join(globs + patterns + tables) or "nothing that can be looked at"
    say(f"Watching {', '.join(logs) or 'no log (var live_logs)'}: {places}")
    stop_on_signals(clock)
    run = notifying(runs.run, notifier(database, config, say)) if notify else runs.run
    went_well = watch_logs(
        run,
        news=FolderNews(globs + patterns, RowCounts(database, tables)),
        clock=clock,
        say=say,
        every=every,
        poll=poll,
        max_runs=1 if once else max_runs,
    )
    say("Stopped")
    if not went_well and not clock.is_stopped:
        raise SystemExit(1)


def say(line: str) -> None:
    """Print at once, whatever the output is."""
    click.echo(line)
    click.get_text_stream("stdout").flush()


def stop_on_signals(clock: Clock) -> None:
    """Let the first SIGINT or SIGTERM end the loop after the run under way, and the second one break it off."""

    def stop(number: int, frame: Any) -> None:
        if clock.is_stopped:
            raise KeyboardInterrupt
        clock.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def parsed_vars(text: str) -> dict[str, Any]:
    try:
        given = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise click.BadParameter(f"not YAML: {text}", param_hint="--vars") from error
    if not isinstance(given, dict):
        raise click.BadParameter("write a mapping, such as '{name: value}'", param_hint="--vars")
    wrong = next((name for name in ("as_of_date", "as_of_time") if name in given), None)
    if wrong:
        raise click.BadParameter(f"{wrong} is watch's own; give the day with --as-of", param_hint="--vars")
    return given
