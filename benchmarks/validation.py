"""Measure the validation suite: every test of every model version, cohort and segment, from evidence alone.

    python benchmarks/validation.py --models 50 --cohorts 24 --cases 2000 --folder /var/tmp/benchmark

The evidence of 2 versions per model is drawn (see validation_evidence.py), then dbt computes drift, quality,
performance and the validation tests from it, and last the mart of validation results. Figures are CPU seconds of all
threads of the child processes; dbt's fixed cost is measured by the same command on a bank without models. Nothing is
asserted.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import duckdb
from children import Usage, run_child
from validation_evidence import evidence_counts, write_evidence

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[1]
MARTS = ["retail_banking__validation_results", "retail_banking__calibration_grades", "retail_banking__fairness"]
STATISTICS = ["met_periods", "met_validation", "met_performance", "met_drift", "met_quality"]


def dbt(folder: Path, database: Path, *arguments: str) -> Usage:
    """Run dbt on this project with the warehouse and the artefacts in a folder."""
    where = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target-path", str(folder / "target")]
    command = [sys.executable, "-m", "dbt.cli.main", "--quiet", arguments[0], *where, "--log-path", str(folder)]
    return run_child([*command, *arguments[1:]], ROOT, {"DBT_DUCKDB_PATH": str(database)})


def selection() -> list[str]:
    """Return the arguments that select the statistics and the validation marts, and nothing that reads a log."""
    ancestors = [f"+{name}" for name in [*STATISTICS, *MARTS]]
    return ["--select", *ancestors, "--exclude", "sample_bank", "staging", "evidence", "resource_type:seed"]


def measure(folder: Path, *, models: int, cohorts: int, cases: int) -> tuple[Usage, dict[str, int], int, int]:
    """Return what the suite used, the rows of evidence, the results of the mart and the test rows of all metrics."""
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "model_risk.duckdb"
    database.unlink(missing_ok=True)
    dbt(folder, database, "seed")
    with duckdb.connect(str(database)) as connection:
        write_evidence(connection, models=models, cohorts=cohorts, cases=cases)
        counts = evidence_counts(connection)
    as_of_date = f"{2023 + (cohorts + 2) // 12}-{(cohorts + 2) % 12 + 1:02d}-15"
    used = dbt(folder, database, "run", *selection(), "--vars", json.dumps({"as_of_date": as_of_date}))
    with duckdb.connect(str(database), read_only=True) as connection:
        results = connection.execute(f"select count(*) from {MARTS[0].replace('__', '.')}").fetchone()[0]
        values = connection.execute(
            f"select count(*) from {MARTS[0].replace('__', '.')} where value is not null"
        ).fetchone()[0]
    return used, counts, results, values


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=50, help="models with two versions each")
    parser.add_argument("--cohorts", type=int, default=24, help="monthly cohorts")
    parser.add_argument("--cases", type=int, default=2000, help="cases per model and month")
    parser.add_argument("--folder", type=Path, required=True, help="warehouses and results; kept")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    fixed, *_ = measure(folder / "fixed", models=0, cohorts=options.cohorts, cases=options.cases)
    used, counts, results, values = measure(
        folder / "suite", models=options.models, cohorts=options.cohorts, cases=options.cases
    )
    rows = [
        ("model versions", 2 * options.models),
        ("cohorts per version", options.cohorts),
        *[(f"rows of {table}", count) for table, count in counts.items() if count],
        ("results", results),
        ("results with a value", values),
        ("dbt fixed, CPU s", round(fixed.cpu, 1)),
        ("suite, CPU s", round(used.cpu, 1)),
        ("suite beyond dbt's fixed cost, CPU s", round(used.cpu - fixed.cpu, 1)),
        ("results per CPU s", round(results / max(used.cpu - fixed.cpu, 1e-9))),
        ("peak, MB", round(used.peak_mb)),
    ]
    print("\n| measured | figure |\n|---|---:|")
    for name, figure in rows:
        print(f"| {name} | {figure:,} |")


if __name__ == "__main__":
    main()
