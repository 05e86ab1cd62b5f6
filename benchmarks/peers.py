"""A monitoring library on W(N): `peers.py NAME WORKLOAD SLICES`, in the library's own interpreter.

A slice is a model version and a day after the reference (the first 20 days). With 0 slices only the rows are loaded.
Known to work: evidently 0.7.23 with pandas < 3, nannyml 0.13.1 with pandas < 3 and statsmodels.
"""

import logging
import os
import sys
import warnings
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

__all__ = ["main"]

NUMBERS = ["score", *(f"n{index:02d}" for index in range(1, 21))]
CATEGORIES = [f"c{index}" for index in range(1, 6)]
REFERENCE_DAYS = 20


def load(workload: Path) -> pd.DataFrame:
    """Return every prediction beside its outcome."""
    parts = [pq.read_table(file).to_pandas() for file in sorted((workload / "predictions").glob("*/*.parquet"))]
    outcomes = [pq.read_table(file).to_pandas() for file in sorted((workload / "outcomes").glob("*/*.parquet"))]
    frame = pd.concat(parts).merge(pd.concat(outcomes)[["prediction_id", "outcome"]], on="prediction_id", how="left")
    frame["date"] = frame["predicted_at"].dt.normalize()
    frame["day"] = (frame["date"] - pd.Timestamp("2025-01-01")).dt.days
    return frame.astype({name: "float64" for name in NUMBERS})


def windows(frame: pd.DataFrame, slices: int) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Return reference and current rows of each version: the slices are dealt to the two versions."""
    days = [slices - slices // 2, slices // 2]
    found = []
    for version, count in zip(("1", "2"), days, strict=True):
        own = frame[frame.model_version == version]
        last = REFERENCE_DAYS + count
        found.append((own[own.day < REFERENCE_DAYS], own[(own.day >= REFERENCE_DAYS) & (own.day < last)]))
    return [pair for pair, count in zip(found, days, strict=True) if count]


def evidently(frame: pd.DataFrame, slices: int) -> None:
    """Run the drift and the classification preset for each slice."""
    from evidently import BinaryClassification, DataDefinition, Dataset, Report
    from evidently.presets import ClassificationPreset, DataDriftPreset

    columns = [*NUMBERS, *CATEGORIES]
    features = DataDefinition(numerical_columns=NUMBERS, categorical_columns=CATEGORIES)
    scores = DataDefinition(
        numerical_columns=["score"],
        classification=[BinaryClassification(target="outcome", prediction_probas="score", pos_label=1)],
    )
    for reference, current in windows(frame, slices):
        base = Dataset.from_pandas(reference[columns], data_definition=features)
        for _, day in current.groupby("day"):
            data = Dataset.from_pandas(day[columns], data_definition=features)
            Report([DataDriftPreset(columns=columns)]).run(data, base).dict()
            known = day.loc[day.outcome.notna(), ["score", "outcome"]].astype({"outcome": int})
            Report([ClassificationPreset()]).run(Dataset.from_pandas(known, data_definition=scores)).dict()


def nannyml(frame: pd.DataFrame, slices: int) -> None:
    """Run univariate drift, realised performance and CBPE for each slice."""
    logging.disable(logging.CRITICAL)
    os.environ.setdefault("NML_DISABLE_USAGE_LOGGING", "1")
    import nannyml as nml

    columns = [*NUMBERS, *CATEGORIES]
    frame = frame.assign(label=(frame.score > 0.5).astype(int))
    scored = ["score", "label", "outcome", "date"]
    problem = {
        "metrics": ["roc_auc", "f1", "accuracy"],
        "y_true": "outcome",
        "y_pred": "label",
        "y_pred_proba": "score",
        "problem_type": "classification_binary",
        "timestamp_column_name": "date",
        "chunk_period": "D",
    }
    for reference, current in windows(frame, slices):
        known, observed = (part[part.outcome.notna()] for part in (reference, current))
        nml.UnivariateDriftCalculator(
            column_names=columns,
            treat_as_categorical=CATEGORIES,
            timestamp_column_name="date",
            chunk_period="D",
            continuous_methods=["kolmogorov_smirnov", "jensen_shannon", "wasserstein"],
            categorical_methods=["chi2", "jensen_shannon"],
        ).fit(reference[[*columns, "date"]]).calculate(current[[*columns, "date"]]).to_df()
        nml.PerformanceCalculator(**problem).fit(known[scored]).calculate(observed[scored]).to_df()
        nml.CBPE(**problem).fit(known[scored]).estimate(current[scored]).to_df()


def main(name: str, workload: str, slices: str) -> None:
    """Load the workload and run one library."""
    warnings.simplefilter("ignore")
    frame = load(Path(workload))
    if int(slices):
        {"evidently": evidently, "nannyml": nannyml}[name](frame, int(slices))


if __name__ == "__main__":
    main(*sys.argv[1:])
