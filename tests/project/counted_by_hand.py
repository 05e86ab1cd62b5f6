"""What the evidence of pairs and of characteristics adds up to on a day, counted by pandas from the delivered rows.

Evidence holds changes; what stands here is the state of a day, found anew from every row known by then. The sums of
the changes known by a day have to be that state.
"""

from collections import Counter

import numpy as np
import pandas as pd

__all__ = ["cells", "characteristics", "known_scores", "observations", "pairs", "summed"]

ARRIVAL = ["model_id", "model_version", "entity_id", "event_date"]


def known_scores(scores: pd.DataFrame, versions: pd.DataFrame) -> pd.DataFrame:
    """Return one row per sound prediction of a registered version, as it first arrived, with its known day."""
    scores = scores.assign(
        predicted_at=pd.to_datetime(scores["predicted_at"], format="ISO8601"),
        loaded_at=pd.to_datetime(scores["loaded_at"], format="ISO8601"),
        income=scores["income"].replace([np.inf, -np.inf], np.nan),
    )
    scores = scores[scores["score"].between(0, 1) & (scores["loaded_at"] >= scores["predicted_at"])]
    scores = scores.sort_values(["loaded_at", "income"], na_position="last").drop_duplicates("prediction_id")
    scores = scores.merge(versions, on=["model_id", "model_version"])
    return scores.assign(
        event_date=scores["predicted_at"].dt.normalize(),
        known_date=np.maximum(scores["loaded_at"].dt.normalize(), scores["registered_date"]),
        score_bin=np.floor(scores["score"] * 10000).astype(int),
    )


def observations(outcomes: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the outcomes that have a prediction, with their known day, the one that counts of a day last."""
    outcomes = outcomes.assign(
        loaded_at=pd.to_datetime(outcomes["loaded_at"], format="ISO8601"),
        observed_at=pd.to_datetime(outcomes["observed_at"], format="ISO8601"),
    )
    found = outcomes.merge(scores[["prediction_id", "predicted_at", "known_date"]], on="prediction_id")
    found = found[found["observed_at"] >= found["predicted_at"]]
    found["known_date"] = np.maximum(found["loaded_at"].dt.normalize(), found["known_date"])
    order = ["loaded_at", "outcome", "outcome_status", "observed_at"]
    return found.sort_values(order, ascending=[True, True, False, True])


def _standing(observed: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the outcome of each prediction as a day knows it."""
    return observed[observed["known_date"] <= day].groupby("prediction_id")[["outcome", "outcome_status"]].last()


def pairs(scores: pd.DataFrame, observed: pd.DataFrame, day: pd.Timestamp) -> Counter:
    """Return the pairs of a day: two versions on one case with its outcome, one version a year apart."""
    scores = scores[(scores["known_date"] <= day) & scores["entity_id"].notna()]
    scores = scores.sort_values(["loaded_at", "prediction_id"]).drop_duplicates(ARRIVAL)
    return _challengers(scores, _standing(observed, day)) + _migrations(scores)


def _challengers(scores: pd.DataFrame, standing: pd.DataFrame) -> Counter:
    both = scores.merge(scores, on=["model_id", "entity_id", "event_date"], suffixes=("", "_other"))
    both = both[both["model_version"] < both["model_version_other"]]
    own, other = (standing.reindex(both[name]) for name in ("prediction_id", "prediction_id_other"))
    for column in standing.columns:
        # Which of the two is asked does not depend on what it says.
        both[column] = np.where(own["outcome_status"].notna(), own[column], other[column])
    both = both[both["outcome_status"].isin(["final", "provisional"])]
    return _counted(
        both.assign(kind="challenger", outcome_class=both["outcome"].astype(int).astype(str)),
        ["kind", "model_id", "model_version", "model_version_other", "event_date", "score_bin", "score_bin_other",
         "outcome_class"],
    )  # fmt: skip


def _migrations(scores: pd.DataFrame) -> Counter:
    both = scores.merge(scores, on=["model_id", "model_version", "entity_id"], suffixes=("", "_other"))
    age = (both["event_date"] - both["event_date_other"]).dt.days
    both = both[age.between(335, 395) & (both["known_date_other"] <= both["known_date"])]
    both = both.sort_values("event_date_other").drop_duplicates("prediction_id", keep="last")
    return _counted(
        both.assign(kind="migration", outcome_class=None),
        ["kind", "model_id", "model_version", "model_version", "event_date", "score_bin", "score_bin_other",
         "outcome_class"],
    )  # fmt: skip


def characteristics(
    scores: pd.DataFrame, observed: pd.DataFrame, baselines: pd.DataFrame, day: pd.Timestamp
) -> Counter:
    """Return the outcomes of a day by the frozen cells of their prediction's features."""
    standing = _standing(observed, day)
    standing = standing[standing["outcome_status"] != "excluded"]
    cases = scores.merge(standing, left_on="prediction_id", right_index=True)
    counts = Counter()
    for (version, variable), cells in baselines.groupby(["model_version", "variable"]):
        if variable not in ("income", "occupation") or cells["since"].iloc[0] > day:
            continue
        own = cases[cases["model_version"] == version]
        counts += _counted(
            own.assign(
                variable=variable,
                bin_id=_bins(own[variable], cells[cells["bin_id"] >= 0].sort_values("bin_id")),
                outcome_class=own["outcome"].astype(int).astype(str),
            ),
            ["model_id", "model_version", "event_date", "variable", "bin_id", "outcome_class"],
        )
    return counts


def cells(scores: pd.DataFrame, observed: pd.DataFrame, day: pd.Timestamp) -> Counter:
    """Return the predictions of a day by the cell of their score, and what had come of them by then."""
    standing = _standing(observed, day)
    cases = scores.merge(standing, left_on="prediction_id", right_index=True)
    cases = cases[cases["outcome_status"] != "excluded"]
    keys = ["model_id", "model_version", "event_date", "score_bin", "predicted_class"]
    error = (cases["score"] - cases["outcome"]).abs()
    sums = Counter()
    for measure, rows, amounts in [
        ("n", scores[scores["known_date"] <= day], None),
        ("outcome_count", cases, None),
        ("event_count", cases[cases["outcome"] == 1], None),
        ("absolute_error_sum", cases, error),
        ("error_square_sum", cases, error**2),
    ]:
        for key, amount in _keyed(rows, keys, amounts):
            sums[measure, *key] += amount
    return Counter({key: round(amount, 9) for key, amount in sums.items() if round(amount, 9)})


def _keyed(rows: pd.DataFrame, keys: list[str], amounts: pd.Series | None) -> list[tuple[tuple, float]]:
    found = []
    for position, row in enumerate(rows.itertuples()):
        amount = 1 if amounts is None else amounts.iloc[position]
        key = tuple(getattr(row, name) for name in keys)
        found += [((*key, "all", "all"), amount), ((*key, "region", row.region or "(missing)"), amount)]
    return found


def cell_sums(evidence: pd.DataFrame, day: pd.Timestamp) -> Counter:
    """Return the sums of evd_scores that are known by a day, in the form of `cells`."""
    known = evidence[evidence["known_date"] <= day]
    keys = [
        "model_id", "model_version", "event_date", "score_bin", "predicted_class", "segment_key", "segment_value"
    ]  # fmt: skip
    measures = ["n", "outcome_count", "event_count", "absolute_error_sum", "error_square_sum"]
    summed_cells = known.groupby(keys)[measures].sum()
    return Counter(
        {
            (measure, *key): round(amount, 9)
            for measure in measures
            for key, amount in summed_cells[measure].items()
            if round(amount, 9)
        }
    )


def _bins(values: pd.Series, cells: pd.DataFrame) -> list[int]:
    if (cells["variable_kind"] == "categorical").all():
        ids = dict(zip(cells["category"], cells["bin_id"], strict=True))
        return [-1 if value is None else int(ids.get(value, -2)) for value in values]
    # Right-closed: the first cell whose upper edge is not below the value.
    found = np.searchsorted(cells["upper_edge"].dropna(), values, side="left")
    return np.where(values.isna(), -1, found).tolist()


def _counted(rows: pd.DataFrame, columns: list[str]) -> Counter:
    keys = [tuple(row) for row in rows[columns].itertuples(index=False, name=None)]
    regions = ["(missing)" if region is None else region for region in rows["region"]]
    return Counter([(*key, "all", "all") for key in keys]) + Counter(
        (*key, "region", region) for key, region in zip(keys, regions, strict=True)
    )


def summed(changes: list[tuple], day: pd.Timestamp) -> Counter:
    """Return the sum of evidence rows, (known day, count, key...), that are known by a day."""
    sums = Counter()
    for known, n, *key in changes:
        if known <= day:
            sums[tuple(key)] += n
    return Counter({key: n for key, n in sums.items() if n != 0})
