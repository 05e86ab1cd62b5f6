"""Full refresh and any sequence of incremental runs leave the same evidence."""

import datetime as dt
import math
from pathlib import Path

import counted_by_hand
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
SCORES = "select * from evidence.evd_scores order by all"
CHANGES = {
    "evd_score_pairs": "pair_kind, model_id, model_version, other_version, cast(event_date as timestamp), score_bin, "
    "other_score_bin, outcome_class",
    "evd_characteristics": "model_id, model_version, cast(event_date as timestamp), variable, bin_id, outcome_class",
}


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
                f"p{i}{rng.choice(['', 'v'])}" if rng.uniform() < 0.95 else f"orphan{i}",
                loaded_at=str(known),
                observed_at=str(known - dt.timedelta(hours=1)),
                outcome=float(rng.choice([0, 1])),
                outcome_status=str(rng.choice(["final", "provisional", "excluded"], p=[0.6, 0.2, 0.2])),
            )
            rows.append((str(known), "outcomes", state))
    return sorted(rows, key=lambda item: item[0])


def _scored_again(rng: np.random.Generator, row: dict, predicted: dt.datetime, loaded: dt.datetime) -> list[dict]:
    """Rows of the same entity: by the other version and again on the day, by the same version about a year later."""
    again = []
    if rng.uniform() < 0.4:
        other = {"1": "2", "2": "1"}[row["model_version"]]
        arrived = str(loaded + dt.timedelta(hours=float(rng.choice([0, 5, 24 * 12]))))
        twin = {"prediction_id": f"{row['prediction_id']}v", "model_version": other, "score": float(rng.uniform())}
        again.append(row | twin | {"loaded_at": arrived})
    if rng.uniform() < 0.2:
        arrived = str(max(predicted, loaded - dt.timedelta(hours=float(rng.choice([-3, 0, 3])))))
        repeat = {"prediction_id": f"{row['prediction_id']}r", "score": float(rng.uniform())}
        again.append(row | repeat | {"loaded_at": arrived})
    if rng.uniform() < 0.4:
        for days in rng.choice([334, 335, 365, 395, 396, 370], size=2, replace=False):
            later = {"predicted_at": str(predicted + dt.timedelta(days=int(days)))}
            arrived = str(loaded + dt.timedelta(days=int(days)))
            year = {"prediction_id": f"{row['prediction_id']}y{days}", "score": float(rng.uniform())}
            again.append(row | later | year | {"loaded_at": arrived})
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
            "scores": SCORES,
        }.items()
    }


def _assert_same(one: dict[str, list[tuple]], other: dict[str, list[tuple]]) -> None:
    for name in ("baselines", "bins", "outcomes", "intake", "decisions", "pairs", "characteristics", "scores"):
        assert one[name] == other[name], name
    for left, right in zip(one["moments"], other["moments"], strict=True):
        assert left[:8] == right[:8]
        # Feature sums are doubles: their last digits may depend on the order of addition.
        assert left[8] == pytest.approx(right[8], rel=1e-12)


def _assert_counted(bank: ToyBank) -> None:
    """On every day on which something became known, the sums of the evidence are what pandas counts in the log."""
    with bank.connect() as connection:
        raw = {name: connection.execute(f"from {name}").df() for name in ("raw.scores", "raw.outcomes")}
        versions = connection.execute("from staging.stg_registered_versions").df()
        baselines = connection.execute(
            "select *, cast(greatest(registered_date, frozen_date) as timestamp) as since from evidence.evd_baselines"
        ).df()
        changes = {
            table: connection.execute(
                f"select cast(known_date as timestamp), n, {key}, segment_key, segment_value from evidence.{table}"
            ).fetchall()
            for table, key in CHANGES.items()
        }
        cells = connection.execute(SCORES).df()
    texts = raw["raw.scores"].select_dtypes(exclude="number").columns
    raw["raw.scores"][texts] = raw["raw.scores"][texts].astype(object).where(raw["raw.scores"][texts].notna(), None)
    scores = counted_by_hand.known_scores(raw["raw.scores"], versions)
    observed = counted_by_hand.observations(raw["raw.outcomes"], scores)
    for day in sorted({*scores["known_date"], *observed["known_date"], *baselines["since"]}):
        found = {table: counted_by_hand.summed(rows, day) for table, rows in changes.items()}
        assert found["evd_score_pairs"] == counted_by_hand.pairs(scores, observed, day), day
        assert found["evd_characteristics"] == counted_by_hand.characteristics(scores, observed, baselines, day), day
        assert counted_by_hand.cell_sums(cells, day) == counted_by_hand.cells(scores, observed, day), day


def _load(bank: ToyBank, rows: list[tuple[str, str, dict]]) -> None:
    for table in ("scores", "outcomes"):
        bank.load(table, [row for _, name, row in rows if name == table])


def test_incremental_runs_equal_a_full_refresh(bank):
    """Batches end anywhere, also in the middle of a day, and version 2 is registered after it has scored."""
    rng = np.random.default_rng(0)
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
    _assert_counted(bank)


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
        assert bank.build("--select", "+evd_log_intake", "--vars", f"{{as_of_date: '{as_of}'}}").success
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


def _pairs(bank: ToyBank, kind: str) -> list[tuple]:
    return bank.rows(f"""
        select cast(known_date as varchar), model_version, other_version, score_bin, other_score_bin, outcome_class, n
        from evidence.evd_score_pairs where segment_key = 'all' and pair_kind = '{kind}' order by all
    """)


def test_what_makes_a_pair_and_when_it_is_known(bank):
    """Every case has scores of its own, so that its rows can be told from the others'."""

    def scored(key: str, entity: str | None, version: str, score: float, **columns: object) -> dict:
        return prediction(key, entity_id=entity, model_version=version, score=score, **columns)

    late = {"loaded_at": "2024-04-01 10:00:00"}
    bank.reset()
    bank.register("pd", "2", "2024-01-01", "2024-01-31", recorded="2024-03-01")
    bank.register("pd2", "2", None, None)
    bank.load("scores", [
        # The outcome of the first version's prediction stands, whatever the other's says and when.
        scored("own1", "own", "1", 0.11), scored("own2", "own", "2", 0.12),
        scored("other1", "other", "1", 0.21), scored("other2", "other", "2", 0.22),
        scored("excluded1", "excluded", "1", 0.31), scored("excluded2", "excluded", "2", 0.32),
        # The first arrival of an entity and a day is the one that counts.
        scored("again1", "again", "1", 0.41), scored("again2", "again", "2", 0.42),
        scored("again3", "again", "1", 0.43, loaded_at="2024-01-05 23:30:00"),
        # No pair: nobody, another day, one version alone, another's model.
        scored("nobody1", None, "1", 0.51), scored("nobody2", None, "2", 0.52),
        scored("day1", "day", "1", 0.53), scored("day2", "day", "2", 0.54, predicted_at="2024-01-04 10:00:00"),
        scored("alone", "alone", "1", 0.55),
        scored("stranger", "alone", "2", 0.56, model_id="pd2"),
        # A year later: the latest of several, of any age within the window.
        scored("young", "moved", "1", 0.61, predicted_at="2023-12-02 10:00:00", loaded_at="2023-12-02 11:00:00"),
        scored("old", "moved", "1", 0.62, predicted_at="2023-11-01 10:00:00", loaded_at="2023-12-02 12:00:00"),
        scored("tooold", "moved", "1", 0.63, predicted_at="2023-10-01 10:00:00", loaded_at="2023-12-02 12:00:00"),
        scored("now", "moved", "1", 0.64, predicted_at="2024-11-01 10:00:00", loaded_at="2024-11-01 11:00:00"),
        scored("unknown", "unpaired", "1", 0.71, predicted_at="2024-11-01 10:00:00", loaded_at="2024-11-01 11:00:00"),
    ])  # fmt: skip
    bank.load("outcomes", [
        outcome("own1", **late), outcome("own2", outcome=1.0, loaded_at="2024-02-01 10:00:00"),
        outcome("other2", outcome=1.0, **late),
        outcome("excluded1", outcome_status="excluded", **late), outcome("excluded2", **late),
        outcome("again1", **late), outcome("again3", outcome=1.0, **late),
        *(outcome(key, **late) for key in ("nobody1", "day1", "day2", "alone")),
    ])  # fmt: skip
    assert bank.build("--vars", "{as_of_date: '2024-11-30'}").success
    assert _pairs(bank, "challenger") == [
        ("2024-03-01", "1", "2", 1100, 1200, "1", 1),
        ("2024-04-01", "1", "2", 1100, 1200, "0", 1),
        ("2024-04-01", "1", "2", 1100, 1200, "1", -1),
        ("2024-04-01", "1", "2", 2100, 2200, "1", 1),
        ("2024-04-01", "1", "2", 4100, 4200, "0", 1),
    ]
    migrations = [("2024-11-01", "1", "1", 6400, 6100, None, 1)]
    assert _pairs(bank, "migration") == migrations

    # Late: the first version's outcome is corrected, the other's no longer counts, a predecessor makes no pair.
    bank.load("outcomes", [
        outcome("own1", outcome=1.0, loaded_at="2024-12-05 10:00:00"),
        outcome("own2", outcome=0.0, loaded_at="2024-12-06 10:00:00"),
        outcome("other2", outcome_status="excluded", loaded_at="2024-12-07 10:00:00"),
    ])  # fmt: skip
    bank.load("scores", [
        scored("before", "unpaired", "1", 0.72, predicted_at="2023-12-01 10:00:00", loaded_at="2024-12-08 10:00:00"),
    ])  # fmt: skip
    assert bank.build("--vars", "{as_of_date: '2024-12-31'}").success
    assert [row for row in _pairs(bank, "challenger") if row[0] > "2024-12"] == [
        ("2024-12-05", "1", "2", 1100, 1200, "0", -1),
        ("2024-12-05", "1", "2", 1100, 1200, "1", 1),
        ("2024-12-07", "1", "2", 2100, 2200, "1", -1),
    ]
    assert _pairs(bank, "migration") == migrations


@pytest.mark.parametrize(
    ("declared", "instead", "has_characteristics"),
    [
        (
            "      - {name: entity_id, data_type: varchar, config: {meta: {role: entity_id, migration: true}}}\n",
            "",
            True,
        ),
        ("scale: probability", "scale: value", False),
    ],
    ids=["no entities", "no classes"],
)
def test_a_log_without_entities_or_classes_has_no_pairs(tmp_path, declared, instead, has_characteristics):
    def prepare(folder: Path) -> None:
        declarations = folder / "models" / "staging" / "_staging__models.yml"
        text = declarations.read_text()
        assert text.count(declared) == 1
        declarations.write_text(text.replace(declared, instead))

    bank = ToyBank(tmp_path, prepare)
    bank.register("pd", "2", "2024-01-01", "2024-01-31")
    for version in "12":
        bank.load("scores", [prediction(f"p{version}", entity_id="same", model_version=version)])
        bank.load("outcomes", [outcome(f"p{version}")])
    bank.load("scores", [prediction("next day", loaded_at="2024-02-01 10:00:00")])
    assert bank.build().success
    assert bank.rows(OUTCOMES)
    assert not bank.rows(PAIRS)
    assert bool(bank.rows(CHARACTERISTICS)) == has_characteristics


def test_arrivals_are_counted_once_however_often_a_day_is_built(bank):
    """Two loads of one day, a late row, a copy of a key: the same counts as from all rows at once, lags by hand."""
    steps = [
        ("2024-02-01", [("a", "2024-02-01 08:00:00", "2024-02-01 08:00:30"), ("b", "2024-01-01", "2024-02-01 09:00")]),
        ("2024-02-01", [("c", "2024-02-01 08:00:00", "2024-02-01 12:00:00"), ("b", "2024-01-01", "2024-02-01 12:00")]),
        ("2024-02-03", [("d", "2024-02-02 08:10:00", "2024-02-03 08:09:59"), ("e", "2024-02-01", "2024-02-02 06:00")]),
    ]
    bank.reset()
    for as_of, rows in steps:
        bank.load("scores", [prediction(key, predicted_at=event, loaded_at=load) for key, event, load in rows])
        variables = ["--vars", f"{{as_of_date: '{as_of}'}}"]
        assert bank.build("--select", "+evd_arrivals", *variables).success
        stepwise = bank.rows("select * from evidence.evd_arrivals order by all")
    assert bank.build("--full-refresh", "--select", "evd_arrivals", *variables).success
    assert stepwise == bank.rows("select * from evidence.evd_arrivals order by all")
    lags = "select strftime(loaded_date, '%d'), lag_minutes, n from evidence.evd_arrivals order by all"
    assert bank.rows(lags) == [("01", 1, 1), ("01", 255, 1), ("01", 32 * 1440, 1), ("02", 31 * 60, 1), ("03", 1440, 1)]
