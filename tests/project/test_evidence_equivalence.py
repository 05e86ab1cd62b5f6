"""Full refresh and any sequence of incremental runs leave the same evidence."""

import datetime as dt
import math

import numpy as np
import pytest
from toy_bank_driver import ToyBank, outcome, prediction

COUNTS = """
    select model_id, model_version, event_date, known_date, segment_key, segment_value, variable, bin_id, n
    from evidence.evd_feature_bins where n <> 0 order by all
"""
MOMENTS = """
    select model_id, model_version, event_date, known_date, segment_key, segment_value, variable, bin_id,
        value_sum, value_square_sum
    from evidence.evd_feature_bins where value_sum is not null order by all
"""
OUTCOMES = "select * from evidence.evd_score_outcomes order by all"
INTAKE = "select * from evidence.evd_log_intake order by all"
BASELINES = "select * from evidence.evd_baselines order by all"
DECISIONS = "select * from evidence.evd_decisions order by all"
PAIRS = "select * from evidence.evd_score_pairs order by all"
CHARACTERISTICS = "select * from evidence.evd_characteristics order by all"


@pytest.fixture(scope="module")
def bank(tmp_path_factory) -> ToyBank:
    return ToyBank(tmp_path_factory.mktemp("toy_bank"))


def _history(rng: np.random.Generator) -> list[tuple[str, str, dict]]:
    """Random rows of both logs, with late arrivals, duplicates, corrections, exclusions and orphans."""
    start, rows = dt.datetime(2024, 1, 1), []
    for i in range(60):
        predicted = start + dt.timedelta(hours=float(rng.uniform(0, 24 * 75)))
        loaded = predicted + dt.timedelta(hours=float(rng.choice([1, 30, 24 * 20])))
        row = prediction(
            f"p{i}",
            model_version=str(rng.choice(["1", "2"])),
            predicted_at=str(predicted),
            loaded_at=str(loaded),
            score=float(rng.choice([rng.uniform(), 0.0, 1.0, math.nan, 2.0], p=[0.8, 0.05, 0.05, 0.05, 0.05])),
            region=rng.choice(["north", "south", None]),
            income=rng.choice([float(rng.lognormal(7, 1)), None, math.inf]),
            occupation=rng.choice(["clerk", "it's", "new\nline", "🙂", None]),
            entity_id=rng.choice([f"e{i}", f"e{i - 1}", None], p=[0.6, 0.3, 0.1]),
            decision=rng.choice(["approve", "decline", None]),
            override_decision=rng.choice(["approve", None], p=[0.2, 0.8]),
            sex=rng.choice(["f", "m", None]),
        )
        rows.append((str(loaded), "scores", row))
        rows += [(str(row["loaded_at"]), "scores", row) for row in _scored_again(rng, row, predicted, loaded)]
        if rng.uniform() < 0.2:
            again = str(loaded + dt.timedelta(days=int(rng.choice([0, 0, 3]))))
            rows.append((again, "scores", row | {"loaded_at": again, "income": float(rng.uniform(1, 9))}))
        for _ in range(int(rng.choice([0, 1, 2, 3]))):
            known = predicted + dt.timedelta(days=float(rng.choice([0.1, 10, 40, 41])))
            state = outcome(
                f"p{i}" if rng.uniform() < 0.95 else f"orphan{i}",
                loaded_at=str(known),
                observed_at=str(known - dt.timedelta(hours=1)),
                outcome=float(rng.choice([0, 1])),
                outcome_status=str(rng.choice(["final", "provisional", "excluded"], p=[0.6, 0.2, 0.2])),
            )
            rows.append((str(known), "outcomes", state))
    return sorted(rows, key=lambda item: item[0])


def _scored_again(rng: np.random.Generator, row: dict, predicted: dt.datetime, loaded: dt.datetime) -> list[dict]:
    """Rows of the same entity: by the other version on the day, by the same version about a year later."""
    again = []
    if rng.uniform() < 0.4:
        other = {"1": "2", "2": "1"}[row["model_version"]]
        arrived = str(loaded + dt.timedelta(hours=float(rng.choice([0, 5, 24 * 12]))))
        again.append(
            row | {"prediction_id": f"{row['prediction_id']}v", "model_version": other, "loaded_at": arrived}
        )
    if rng.uniform() < 0.4:
        days = int(rng.choice([334, 335, 365, 395, 396]))
        later = {"predicted_at": str(predicted + dt.timedelta(days=days))}
        arrived = str(loaded + dt.timedelta(days=days))
        again.append(row | later | {"prediction_id": f"{row['prediction_id']}y", "loaded_at": arrived, "score": 0.5})
    return again


def _evidence(bank: ToyBank) -> dict[str, list[tuple]]:
    return {
        name: bank.rows(query)
        for name, query in {
            "bins": COUNTS,
            "outcomes": OUTCOMES,
            "intake": INTAKE,
            "baselines": BASELINES,
            "moments": MOMENTS,
            "decisions": DECISIONS,
            "pairs": PAIRS,
            "characteristics": CHARACTERISTICS,
        }.items()
    }


def _assert_same(one: dict[str, list[tuple]], other: dict[str, list[tuple]]) -> None:
    for name in ("baselines", "bins", "outcomes", "intake", "decisions", "pairs", "characteristics"):
        assert one[name] == other[name], name
    for left, right in zip(one["moments"], other["moments"], strict=True):
        assert left[:8] == right[:8]
        # Feature sums are doubles: their last digits may depend on the order of addition.
        assert left[8] == pytest.approx(right[8], rel=1e-12)


def _load(bank: ToyBank, rows: list[tuple[str, str, dict]]) -> None:
    for table in ("scores", "outcomes"):
        bank.load(table, [row for _, name, row in rows if name == table])


@pytest.mark.parametrize("seed", range(4))
def test_incremental_runs_equal_a_full_refresh(bank, seed):
    """Batches end anywhere, also in the middle of a day, and version 2 is registered after it has scored."""
    rng = np.random.default_rng(seed)
    history = _history(rng)
    bank.reset()
    bank.register("pd2", "9", None, None)
    cuts = sorted(rng.choice(len(history), size=4, replace=False))
    registered = history[cuts[2]][0][:10]
    for first, last in zip([0, *cuts], [*cuts, len(history)], strict=True):
        batch = history[first:last]
        _load(bank, batch)
        if first == cuts[2]:
            bank.register("pd", "2", "2024-01-10", "2024-02-10", recorded=f"{registered} 00:00:00")
        if batch:
            assert bank.build("--vars", f"{{as_of_date: '{batch[-1][0][:10]}'}}").success
    stepwise = _evidence(bank)

    bank.reset()
    bank.register("pd2", "9", None, None)
    _load(bank, history)
    bank.register("pd", "2", "2024-01-10", "2024-02-10", recorded=f"{registered} 00:00:00")
    assert bank.build("--vars", f"{{as_of_date: '{history[-1][0][:10]}'}}").success
    assert stepwise["bins"] and stepwise["outcomes"] and stepwise["decisions"] and stepwise["characteristics"]
    assert {row[1] for row in stepwise["pairs"]} == {"challenger", "migration"}
    _assert_same(stepwise, _evidence(bank))


def test_a_second_run_adds_nothing(bank):
    bank.reset()
    _load(bank, _history(np.random.default_rng(7)))
    assert bank.build().success
    first = _evidence(bank)
    assert bank.build().success
    _assert_same(first, _evidence(bank))


def test_one_late_outcome_changes_only_later_known_rows_of_its_cohort(bank):
    bank.reset()
    bank.load(
        "scores",
        [prediction(f"p{i}", predicted_at="2024-02-01 09:00:00", loaded_at="2024-02-01 20:00:00") for i in range(5)],
    )
    bank.load("outcomes", [outcome(f"p{i}") for i in range(4)])
    assert bank.build().success
    before = _evidence(bank)
    bank.load("outcomes", [outcome("p4", loaded_at="2024-07-01 00:00:00", outcome=1.0)])
    assert bank.build().success
    after = _evidence(bank)
    assert after["bins"] == before["bins"]
    added = set(after["outcomes"]) - set(before["outcomes"])
    assert set(before["outcomes"]) <= set(after["outcomes"])
    assert {(row[3], row[4]) for row in added} == {(dt.date(2024, 2, 1), dt.date(2024, 7, 1))}


def test_an_intake_that_follows_its_cures_equals_a_full_count(bank):
    """Cures that reach back over days: an orphan's prediction, a registration, a displaced first arrival, a copy."""
    early = {"loaded_at": "2024-03-01 12:00:00", "observed_at": "2024-03-01 09:00:00"}
    steps = [
        ("2024-03-01", None, [
            ("scores", prediction("draft", model_version="2")),
            ("scores", prediction("stranger", model_id="later")),
            ("scores", prediction("shared", loaded_at="2024-03-01 10:00:00")),
            ("outcomes", outcome("late", **early)),
            ("outcomes", outcome("late", **early | {"outcome": None})),
            ("outcomes", outcome("late", **early | {"loaded_at": None})),
            ("outcomes", outcome("draft", **early | {"loaded_at": "2024-02-21 12:00:00"})),
            ("outcomes", outcome("draft", **early | {"loaded_at": "2024-02-22 12:00:00", "outcome": None})),
            ("outcomes", outcome("shared", **early)),
            ("outcomes", outcome("shared", **early | {"loaded_at": "2024-02-20 12:00:00"})),
            ("outcomes", outcome(None, **early)),
        ]),
        # The same day, later: an earlier arrival displaces the prediction that two outcomes were judged with.
        ("2024-03-01", None, [
            ("scores", prediction("shared", loaded_at="2024-03-01 09:00:00", predicted_at="2024-03-01 08:00:00")),
        ]),
        ("2024-03-03", None, [("outcomes", outcome("shared", **early | {"loaded_at": "2024-03-03 12:00:00"}))]),
        ("2024-03-09", ("later", "8", "2024-03-09"), [("scores", prediction("late", loaded_at="2024-03-08 10:00:00"))]),
        ("2024-03-12", ("later", "1", "2024-03-12"), []),
        ("2024-03-20", ("pd", "2", "2024-03-15"), [("scores", prediction("x", loaded_at="2024-03-14 10:00:00"))]),
        ("2024-03-21", None, [
            ("scores", prediction("shared", loaded_at="2024-03-21 09:00:00")),
            ("outcomes", outcome("late", **early | {"loaded_at": "2024-03-21 12:00:00"})),
            ("outcomes", outcome("late", **early | {"loaded_at": "2024-03-21 12:00:00"})),
        ]),
        ("2024-04-30", None, []),
    ]  # fmt: skip
    bank.reset()
    for as_of, registered, rows in steps:
        for table, row in rows:
            bank.load(table, [row])
        if registered:
            bank.register(*registered[:2], None, None, recorded=registered[2])
        assert bank.build("--vars", f"{{as_of_date: '{as_of}'}}").success
        stepwise = bank.rows(INTAKE)
        full_count = ["--full-refresh", "--select", "evd_log_intake", "--vars", f"{{as_of_date: '{as_of}'}}"]
        assert bank.build(*full_count).success
        assert stepwise == bank.rows(INTAKE), as_of


def test_a_key_that_comes_again_is_found_whatever_it_holds(bank):
    """Keys that read like nothing, numbers or quotes, alone in their batch; a new key between them is none."""
    keys = ["", "null", "007", "o'hara", "{{ x }}", "\\", "🙂"]
    bank.reset()
    bank.load("scores", [prediction(key, loaded_at="2024-02-01 10:00:00") for key in keys])
    assert bank.build("--select", "+stg_retail_banking__scores__admitted").success
    for number, key in enumerate(keys):
        loaded = f"2024-02-{number + 2:02} 10:00:00"
        bank.load(
            "scores",
            [prediction(key, loaded_at=loaded), prediction(f"new {number}", loaded_at=loaded)][: 1 + number % 2],
        )
        assert bank.build("--select", "stg_retail_banking__scores__admitted").success
    repeated = "select prediction_id from staging.stg_retail_banking__scores__admitted where reject_reason is not null"
    assert sorted(bank.rows(repeated)) == sorted((key,) for key in keys)
