"""The command line: one command per module, registered here."""

from __future__ import annotations

import click

from dbt_model_risk.notify.command import notify
from dbt_model_risk.scaffold.command import init, scaffold
from dbt_model_risk.watch.command import watch

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="dbt-model-risk")
def main() -> None:
    """Model risk governance in dbt.

    Start a project, then bring in one prediction log after the other:

    \b
      dbt-model-risk init my_bank
      cd my_bank
      dbt-model-risk scaffold retail_banking__loans --predictions data/loans.parquet

    After a build, tell people what changed:

    \b
      dbt-model-risk notify --config notify.yml

    Keep live figures up to date while files arrive: dbt-model-risk watch

    Exit codes: 0 done, 1 something that the message says how to fix, 2 wrong usage.
    """


for command in (init, scaffold, notify, watch):
    main.add_command(command)
