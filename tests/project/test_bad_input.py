"""Bad input ends in a clear error or in a quarantine row with its reason; nothing is lost and the rest is built."""

import math

import pytest
from toy_bank_driver import ToyBank, day, greek, outcome, prediction

YAML = "models/staging/_staging__models.yml"


@pytest.fixture(scope="module")
def bank(tmp_path_factory) -> ToyBank:
    return ToyBank(tmp_path_factory.mktemp("toy_bank"))


def _quarantine(bank: ToyBank, log: str = "retail_banking__scores") -> dict[str, int]:
    return dict(bank.rows(f"select reject_reason, count(*) from staging.quarantine_{log} group by all"))


def _counted(bank: ToyBank, variable: str = "score") -> int:
    query = "select coalesce(sum(n), 0) from evidence.evd_feature_bins where segment_key = 'all' and variable = ?"
    with bank.connect() as connection:
        return connection.execute(query, [variable]).fetchone()[0]


def _reconciled(bank: ToyBank) -> None:
    """Rows in the raw logs equal the rows counted as accepted or rejected."""
    for kind, table in {"prediction": "scores", "outcome": "outcomes", "market_risk": "days"}.items():
        received = bank.rows(f"select count(*) from raw.{table}")
        assert received == bank.rows(
            f"select coalesce(sum(n), 0) from evidence.evd_log_intake where log_kind = '{kind}'"
        ), kind


def test_every_bad_prediction_is_quarantined_with_its_reason_and_the_good_ones_count(bank):
    bank.reset()
    late = {"predicted_at": "2024-02-02 10:00:00", "loaded_at": "2024-02-02 23:00:00"}
    bank.load("scores", [
        prediction("good"),
        prediction("late_good", **late),
        prediction(None),
        prediction("no_version", model_version=None),
        prediction("no_time", predicted_at=None),
        prediction("bad_time", predicted_at="yesterday"),
        prediction("bad_load_time", loaded_at="31/31/2024"),
        prediction("no_score", score=None),
        prediction("nan", score=math.nan),
        prediction("inf", score=math.inf),
        prediction("high", score=1.0000001),
        prediction("low", score=-0.1),
        prediction("time_travel", loaded_at="2024-01-05 09:59:59"),
        prediction("good", loaded_at="2024-01-06 00:00:00"),
        prediction("twin", **late),
        prediction("twin", **late),
        prediction("stranger", model_id="nobody"),
        prediction("draft", model_version="draft"),
        prediction("tomorrow", loaded_at="2999-01-01 00:00:00"),
    ])  # fmt: skip
    assert bank.build().success
    assert _quarantine(bank) == {
        "null_key": 2,
        "null_time": 1,
        "unparseable_time": 2,
        "null_score": 1,
        "score_not_finite": 2,
        "score_out_of_scale": 2,
        "loaded_before_predicted": 1,
        "duplicate_key": 2,
        "unknown_model": 1,
        "unknown_version": 1,
        "loaded_in_future": 1,
    }
    assert _counted(bank) == 3
    received, accepted = bank.rows("""
        select sum(n), sum(n) filter (reject_reason is null)
        from evidence.evd_log_intake where log_kind = 'prediction'
    """)[0]
    # The row of the year 2999 is not received yet; it waits in quarantine for its day.
    assert (received, accepted) == (18, 3)


def test_every_bad_outcome_is_quarantined_with_its_reason_and_the_good_one_counts(bank):
    bank.reset()
    bank.load("scores", [prediction("p"), prediction("q", loaded_at="2024-02-05 00:00:00")])
    bank.load("outcomes", [
        outcome("p"),
        outcome("p", loaded_at="2024-06-05 23:00:00"),
        outcome(None),
        outcome("q", loaded_at=None),
        outcome("q", observed_at="soon"),
        outcome("q", outcome=None),
        outcome("q", outcome=math.nan),
        outcome("q", outcome=2.0),
        outcome("q", outcome_status="maybe"),
        outcome("nobody"),
        outcome("q", observed_at="2024-01-01 00:00:00"),
    ])  # fmt: skip
    assert bank.build().success
    assert _quarantine(bank) == {
        "duplicate_key": 1,
        "null_key": 1,
        "null_time": 1,
        "unparseable_time": 1,
        "null_outcome": 1,
        "outcome_not_in_domain": 2,
        "unknown_status": 1,
        "outcome_without_prediction": 1,
        "outcome_before_prediction": 1,
    }
    assert bank.rows("select sum(n) from evidence.evd_score_outcomes where segment_key = 'all'") == [(1,)]
    _reconciled(bank)


def test_every_bad_day_is_quarantined_with_its_reason_and_the_good_one_counts(bank):
    bank.reset()
    bank.register("var", "1", None, None)
    bank.load("days", [
        day("2024-01-02"),
        day("2024-01-02"),
        day("2024-01-03", var_990=None),
        day(None),
        day("no day"),
        day("2024-01-04", model_version=None),
        day("2024-01-05"),
        day("2024-01-05", forecast_at="2024-01-05 09:00:00"),
        day("2024-01-08", loaded_at="2024-01-09 01:00:00"),
        day("2024-01-08", loaded_at="2024-01-09 02:00:00"),
        day("2024-01-06", model_id="nobody"),
        day("2024-01-07", model_version="9"),
    ])  # fmt: skip
    assert bank.build().success
    assert _quarantine(bank, "investment_banking__days") == {
        "duplicate_key": 2,
        "null_key": 2,
        "unparseable_time": 1,
        "forecast_not_before_day": 1,
        "unknown_model": 1,
        "unknown_version": 1,
    }
    assert bank.rows("select count(*), count(var_990) from evidence.evd_market_risk_days") == [(4, 3)]
    _reconciled(bank)


def test_every_bad_sensitivity_is_quarantined_with_its_reason_and_the_good_ones_are_kept(bank):
    bank.reset()
    delivered = [
        greek("2024-01-02"),
        greek("2024-01-02", delta=90.0, loaded_at="2024-12-02 06:00:00"),
        greek("2024-01-03"),
        greek("2024-01-03", delta=80.0, loaded_at="2024-12-01 07:00:00"),
        greek("2024-01-04", delta=None),
        greek("2024-01-04", delta=float("inf")),
        greek("2024-01-05", shift_type="percent"),
        greek("2024-01-05", shift_size=0.0),
        greek("2024-01-08", factor=None),
        greek("no day"),
        greek("2024-01-09", loaded_at=None),
        greek("2024-01-09", loaded_at="2999-01-01 00:00:00"),
    ]
    bank.load("greeks", delivered)
    assert bank.build("--select", "+evd_sensitivities", "quarantine_investment_banking__greeks").success
    assert _quarantine(bank, "investment_banking__greeks") == {
        "duplicate_key": 1,
        "null_figure": 2,
        "unknown_shift_type": 1,
        "shift_size_not_positive": 1,
        "null_key": 1,
        "unparseable_time": 1,
        "null_time": 1,
        "loaded_in_future": 1,
    }
    kept = bank.rows("select instrument_id, day(risk_date), delta, gamma from evidence.evd_sensitivities order by 2, 3")
    assert kept == [("(portfolio)", 2, 90, None), ("(portfolio)", 2, 100, None), ("(portfolio)", 3, 80, None)]
    assert len(delivered) == len(kept) + 9


def test_a_version_registered_late_leaves_quarantine_and_counts_from_its_registration(bank):
    bank.reset()
    bank.load("scores", [prediction("p", model_version="2"), prediction("q", loaded_at="2024-02-05 00:00:00")])
    bank.load("outcomes", [outcome("p")])
    assert bank.build().success
    assert _quarantine(bank) == {"unknown_version": 1, "outcome_without_prediction": 1}
    bank.register("pd", "2", None, None, recorded="2024-08-01")
    assert bank.build().success
    assert _quarantine(bank) == {}
    assert (
        str(bank.rows("select known_date from evidence.evd_score_outcomes where segment_key = 'all'")[0][0])
        == "2024-08-01"
    )
    assert bank.rows(
        "select sum(n) from evidence.evd_feature_bins where model_version = '2' and variable = 'score'"
    ) == [(2,)]


def test_an_empty_bank_builds(bank):
    bank.reset()
    assert bank.build().success
    assert _counted(bank) == 0
    assert bank.build().success


def test_one_row_builds(bank):
    bank.reset()
    bank.load("scores", [prediction("only", loaded_at="2024-02-01 00:00:00")])
    assert bank.build().success
    assert _counted(bank) == 1


def test_hostile_categories_are_counted_exactly(bank):
    bank.reset()
    names = ["o'hara", 'say "hi"', "two\nlines", "tab\t", "🙂", "", "--", "{{ jinja }}", "{% raw %}", "\\", None]
    rows = [prediction(f"{i}-{j}", occupation=name, region=name) for i, name in enumerate(names) for j in range(i + 1)]
    rows.append(
        prediction("close", predicted_at="2024-02-01 00:00:00", loaded_at="2024-02-01 01:00:00", occupation="new")
    )
    bank.load("scores", rows)
    assert bank.build().success
    counts = bank.rows("""
        select baselines.category, bins.bin_id, sum(bins.n) from evidence.evd_feature_bins as bins
        inner join evidence.evd_baselines as baselines using (model_id, model_version, variable, bin_id)
        where bins.variable = 'occupation' and bins.segment_key = 'all' group by all
    """)
    expected = {(name, i + 1) for i, name in enumerate(names)}
    assert {(category, n) for category, bin_id, n in counts if bin_id != -2} == expected
    assert [n for _, bin_id, n in counts if bin_id == -2] == [1]
    segments = dict(
        bank.rows("""
        select segment_value, sum(n) from evidence.evd_feature_bins
        where variable = 'score' and segment_key = 'region' group by all
    """)
    )
    assert segments["two\nlines"] == 3 and segments["🙂"] == 5 and segments["(missing)"] == 11


def test_ten_thousand_categories_are_capped_and_still_counted(bank):
    bank.reset()
    with bank.connect() as connection:
        connection.execute("""
            insert into raw.scores
            select 'p' || i, 'pd', '1', '2024-01-05 10:00:00', '2024-01-05 23:00:00', 0.5, '0', 'north', 1.0,
                'job ' || (i % 10000), 'p' || i, 'approve', null, 'f'
            from range(20000) as rows(i)
        """)
    bank.load("scores", [prediction("close", loaded_at="2024-02-01 01:00:00")])
    assert bank.build().success
    assert bank.rows("select count(*) from evidence.evd_baselines where variable = 'occupation' and bin_id >= 0") == [
        (100,)
    ]
    assert _counted(bank, "occupation") == 20001
    beyond = "variable = 'occupation' and bin_id = -2 and segment_key = 'all'"
    assert bank.rows(f"select sum(n) from evidence.evd_feature_bins where {beyond}") == [(19801,)]


def test_constant_missing_and_infinite_features_are_counted(bank):
    bank.reset()
    bank.load("scores", [prediction(f"p{i}", income=7.0, occupation=None) for i in range(5)])
    bank.load("scores", [
        prediction("close", predicted_at="2024-02-01 00:00:00", loaded_at="2024-02-01 01:00:00", income=math.inf),
        prediction("nan", predicted_at="2024-02-01 00:00:00", loaded_at="2024-02-01 01:00:00", income=math.nan),
        prediction("more", predicted_at="2024-02-01 00:00:00", loaded_at="2024-02-01 01:00:00", income=9.0),
    ])  # fmt: skip
    assert bank.build().success
    income = dict(
        bank.rows("""
        select bin_id, sum(n) from evidence.evd_feature_bins
        where variable = 'income' and segment_key = 'all' and bin_id <> -9 group by all
    """)
    )
    assert income == {0: 5, 1: 1, -1: 2}
    assert dict(
        bank.rows("""
        select bin_id, sum(n) from evidence.evd_feature_bins
        where variable = 'occupation' and segment_key = 'all' group by all
    """)
    ) == {-1: 5, -2: 3}


ROLE = "config: {{meta: {{role: {0}}}}}"
LOADED_AT = f"- {{name: loaded_at, data_type: timestamp, {ROLE.format('loaded_at')}}}\n      "
INCOME = f"{{name: income, data_type: double, {ROLE.format('feature')}}}"
PREDICTED_CLASS = f"name: predicted_class, data_type: varchar, {ROLE.format('predicted_class')}"
WRONG_REGISTRATIONS = {
    "misspelt role": ("role: score,", "role: scoer,", "column 'score' has the unknown role 'scoer'"),
    "no role": (INCOME, "{name: income, data_type: double}", "column 'income' has no role"),
    "missing column": (
        LOADED_AT + "- {name: score",
        "- {name: score",
        "the mandatory column 'loaded_at' is not in the",
    ),
    "range of nothing": (
        INCOME,
        INCOME.replace("role: feature", "role: feature, range: [5, 1]"),
        "column 'income' declares a range from 5 to 1, which nothing is in",
    ),
    "level of a feature": (
        INCOME,
        INCOME.replace("role: feature", "role: feature, level: 0.05"),
        "column 'income' declares a level, which only the ends of an interval have",
    ),
    "one class": (
        PREDICTED_CLASS,
        PREDICTED_CLASS.replace("}}", ", classes: ['a', 'a']}}"),
        "Write two labels or more in quotes, each once",
    ),
    "text outcome without classes": (
        "name: outcome, data_type: double",
        "name: outcome, data_type: varchar",
        "column 'outcome' holds text (data_type varchar)",
    ),
    "misspelt column": ("name: income,", "name: imcome,", "has no column 'imcome'"),
    "role of another name": (
        PREDICTED_CLASS,
        PREDICTED_CLASS.replace("name: predicted_class", "name: class"),
        "which belongs to a column of that name",
    ),
}


@pytest.fixture(scope="module")
def parsing_bank(tmp_path_factory) -> ToyBank:
    """A bank whose project is parsed anew by every build, as its YAML changes."""
    bank = ToyBank(tmp_path_factory.mktemp("parsing_bank"))
    bank.manifest = None
    return bank


@pytest.mark.parametrize(("old", "new", "message"), WRONG_REGISTRATIONS.values(), ids=WRONG_REGISTRATIONS.keys())
def test_a_wrong_registration_is_one_clear_error(parsing_bank, old, new, message):
    registration = parsing_bank.folder / YAML
    text = registration.read_text()
    assert old in text
    registration.write_text(text.replace(old, new, 1))
    try:
        result = parsing_bank.build()
    finally:
        registration.write_text(text)
    assert not result.success
    errors = [r.message for r in result.result if r.status == "error"] if result.result else [str(result.exception)]
    assert message in errors[0] and YAML.rsplit("/", 1)[0] in errors[0] and "Traceback" not in errors[0]


def test_a_log_without_a_staging_model_is_one_clear_error(parsing_bank):
    result = parsing_bank.build("--vars", "{prediction_logs: [retail_banking__scores, retail_banking__misspelt]}")
    assert not result.success
    assert "retail_banking__misspelt" in str(result.exception)
