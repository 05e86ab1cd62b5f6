"""A wealth desk whose log is a folder of Parquet files: a project as `init` and `scaffold` write it, filled in."""

import csv
import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import yaml

__all__ = ["BASELINE_DAYS", "FIRST_DAY", "LOG", "LiveDesk", "day_of"]

ROOT = Path(__file__).parents[1]
LOG = "wealth_management__uptake"
FIRST_DAY = dt.date(2025, 1, 1)
BASELINE_DAYS = 5
# Rows of the registers; a column that is not named is empty.
REGISTERS = {
    "sandboxes": {
        "sandbox_id": "wealth_management",
        "name": "Wealth Management",
        "division": "Wealth",
        "owner_id": "per_owner",
        "base_currency": "EUR",
        "licence_model": "shared",
        "active_from": "2023-01-01",
        "recorded_at": "2023-01-02 09:00:00",
    },
    "people": {
        "person_id": "per_owner",
        "name": "O. Oak",
        "org_unit": "wealth_models",
        "person_rank": "3",
        "active_from": "2020-01-01",
        "recorded_at": "2023-01-02 09:00:00",
    },
    "models": {
        "model_id": "wealth_uptake",
        "sandbox_id": "wealth_management",
        "name": "Uptake of an offer",
        "purpose": "Probability that a client takes up an offer",
        "model_use": "Rank offers",
        "model_class": "logistic_regression",
        "problem_type": "binary",
        "score_direction": "higher_is_event",
        "exposure_class": "low",
        "purpose_class": "low",
        "complexity_class": "low",
        "declared_tier": "3",
        "owner_id": "per_owner",
        "is_vendor": "false",
        "lifecycle_stage": "in_use",
        "is_in_scope": "true",
        "outcome_horizon_days": "30",
        "monitoring_grain": "day",
        "recorded_at": "2024-11-01 09:00:00",
    },
    "model_versions": {
        "model_id": "wealth_uptake",
        "model_version": "1.0",
        "change_type": "initial",
        "baseline_from": str(FIRST_DAY),
        "baseline_to": str(FIRST_DAY + dt.timedelta(days=BASELINE_DAYS - 1)),
        "decision_threshold": "0.5",
        "deployed_at": "2025-01-01 00:00:00",
        "is_champion": "true",
        "recorded_at": "2024-11-15 09:00:00",
    },
}
ROWS = """
    select
        format('p{{:010d}}', i) as prediction_id,
        'wealth_uptake' as model_id,
        '1.0' as model_version,
        timestamp '{start}' + to_microseconds((i % {rows}) * {step}) as predicted_at,
        predicted_at + interval 1 minute as loaded_at,
        0.02 + 0.9 * pow(hash(i) % 10000 / 10000.0, 2) as score,
        ['north', 'south', 'west'][cast(1 + hash(i + 17) % 3 as int)] as region,
        {features},
        ['fund', 'bond', 'loan', 'card'][cast(1 + hash(i * 5 + 3) % 4 as int)] as product,
        ['mail', 'call', 'app'][cast(1 + hash(i * 7 + 5) % 3 as int)] as channel
    from range({first}, {first} + {rows}) as numbers (i)
"""


def day_of(index: int) -> dt.date:
    """Return the date of a day of the desk; day 0 is the first."""
    return FIRST_DAY + dt.timedelta(days=index)


class LiveDesk:
    """A project in its own folder, with the log of some days, and dbt run on it in child processes.

    Parameters
    ----------
    folder
        Where the project will be.
    days
        Days of history, each a file.
    rows
        Predictions a day.
    features
        Numeric features.
    """

    def __init__(self, folder: Path, *, days: int, rows: int, features: int = 6) -> None:
        self.at(folder, features)
        self.command("init", folder.name, "--package", str(ROOT), "--as-of", str(day_of(days - 1)), cwd=folder.parent)
        self.log.mkdir(parents=True)
        for index in range(days):
            self.deliver(f"{day_of(index)}.parquet", index, rows)
        self.command("scaffold", LOG, "--predictions", "data/predictions/*.parquet", "--live")
        location = "read_parquet('data/predictions/*.parquet', union_by_name=true)"
        sources = next((folder / "models").rglob("*__sources.yml"))
        self.edit(sources, r"external_location: .*", f'external_location: "{location}"')
        for name, row in REGISTERS.items():
            self.register(name, row)

    @classmethod
    def opened(cls, folder: Path, features: int = 6) -> "LiveDesk":
        """Return a desk that was made before."""
        desk = cls.__new__(cls)
        desk.at(folder, features)
        return desk

    def at(self, folder: Path, features: int) -> None:
        self.folder, self.features, self.log = folder, features, folder / "data" / "predictions"
        self.database = folder / "target" / f"{folder.name}.duckdb"
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("DBT_")}
        self.environment["PYTHONPATH"] = str(ROOT / "src")

    def next_day(self) -> int:
        """Return the first day without a file."""
        return next(index for index in range(10_000) if not list(self.log.glob(f"{day_of(index)}*.parquet")))

    def command(self, *arguments: str, cwd: Path | None = None) -> None:
        """Run the project's own command line."""
        self.execute([sys.executable, "-c", "from dbt_model_risk.cli import main; main()", *arguments], cwd)

    def dbt(self, *arguments: str) -> None:
        """Run dbt."""
        self.execute([sys.executable, "-m", "dbt.cli.main", "--quiet", *arguments])

    def execute(self, command: list[str], cwd: Path | None = None) -> None:
        done = subprocess.run(
            command, cwd=cwd or self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")

    def edit(self, file: Path, pattern: str, text: str) -> None:
        """Replace one line of a file."""
        changed, count = re.subn(pattern, lambda _: text, file.read_text())
        assert count == 1, f"{pattern} is {count} times in {file}"
        yaml.safe_load(changed)
        file.write_text(changed)

    def register(self, name: str, row: dict[str, str]) -> None:
        """Write a register of one row under the header that scaffold wrote."""
        path = self.folder / "seeds" / "registers" / f"{name}.csv"
        with path.open(newline="") as file:
            header = next(csv.reader(file))
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerow(row)

    def deliver(self, name: str, index: int, rows: int, *, shift: float = 0.0, start: str = "08:00:00") -> None:
        """Write predictions of a day as one file, under another name first: nobody ever reads half of it."""
        numbers = ", ".join(
            f"round(100 * (hash(i + {17 * k}) % 9973) / 9973.0 + {shift}, 3) as f{k}" for k in range(self.features)
        )
        statement = ROWS.format(
            start=f"{day_of(index)} {start}",
            rows=rows,
            step=3_600_000_000 // rows,
            features=numbers,
            first=self.delivered(),
        )
        written = self.log / f"{name}.tmp"
        duckdb.sql(f"copy ({statement}) to '{written}' (format parquet)")
        written.rename(self.log / name)

    def delivered(self) -> int:
        """Return the predictions so far, the number of the next one: keys grow with time."""
        has_files = any(self.log.glob("*.parquet"))
        return duckdb.sql(f"select count(*) from '{self.log}/*.parquet'").fetchone()[0] if has_files else 0

    def build(self) -> None:
        """Build what an intraday run stands on."""
        self.dbt("deps")
        self.dbt("seed")
        self.dbt("run", "--select", "+tag:intraday")

    def query(self, statement: str) -> list[tuple]:
        """Read from the warehouse; an error while somebody writes to it."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(statement).fetchall()
