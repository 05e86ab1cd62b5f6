"""What calls for a validation and what the controls count, by the compiled SQL on small registers."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

AS_OF = date(2025, 6, 30)
LONG_AGO = datetime(2020, 1, 1)
VERSION = {"model_id": "m", "model_version": "1"}
GOVERNED = [VERSION | {"sandbox_id": "s", "model_tier": 1, "is_registered": True}]
COMPONENTS = [
    *("conceptual_soundness", "data", "process_verification", "outcomes_analysis"),
    *("sensitivity", "benchmark", "limitations"),
]
TIER = {"model_tier": 1, "validation_maximum_age_days": 365, "red_maximum_days": 90, "trigger_response_days": 30}
TIER |= {"effective_from": date(2020, 1, 1), "recorded_at": LONG_AGO}


def ago(days):
    return AS_OF - timedelta(days)


def at(day):
    return datetime(day.year, day.month, day.day, 12)


def validation(key, started, finished=None, outcome="approved", **other):
    recorded = at(finished or started)
    row = {"validation_id": key, "started_on": started, "finished_on": finished, "recorded_at": recorded}
    return VERSION | row | {"outcome": outcome if finished else None, "validator_id": "v"} | other


@pytest.fixture(scope="session")
def triggers(evaluate, seed_rows):
    """The triggers of one version: type, first and last day, and the validation that answers."""

    def run(validations, *, uses=(), deployed=date(2024, 1, 1), recorded=date(2023, 1, 1), change="initial"):
        version = VERSION | {"deployed_at": at(deployed), "recorded_at": at(recorded), "change_type": change}
        tables = {
            "metrics.met_governed_versions": GOVERNED,
            "registers.model_versions": seed_rows("model_versions", [version]),
            "registers.model_uses": seed_rows("model_uses", [{"use_id": "u", "model_id": "m"} | use for use in uses]),
            "policies.tier_rules": seed_rows("tier_rules", [TIER]),
            "registers.validations": seed_rows("validations", validations),
        }
        found = evaluate("met_validation_triggers", tables).astype(object)
        assert found["trigger_id"].is_unique
        return found.where(found.notna(), None)

    return run


def short(found):
    return [
        (row.trigger_type, row.triggered_on.date(), row.due_on.date(), row.answered_by) for row in found.itertuples()
    ]


INITIAL = validation("v0", ago(300), ago(250))


def test_a_version_in_use_without_a_validation_is_late_from_its_first_day(triggers):
    assert short(triggers([])) == [("initial", date(2024, 1, 1), date(2024, 1, 1), None)]


def test_a_validation_finished_on_the_day_of_deployment_is_in_time(triggers):
    assert short(triggers([INITIAL], deployed=ago(250))) == []
    assert short(triggers([INITIAL], deployed=ago(251))) == [("initial", ago(251), ago(251), "v0")]


@pytest.mark.parametrize(("age", "expected"), [(364, []), (365, [("age", AS_OF, AS_OF, None)])])
def test_a_validation_ages_on_the_day_the_tier_says(triggers, age, expected):
    assert short(triggers([validation("v0", ago(400), ago(age))], deployed=ago(100))) == expected


def test_the_date_that_the_validator_set_comes_first(triggers):
    early = INITIAL | {"next_due_on": ago(40)}
    assert short(triggers([early], deployed=ago(100))) == [("age", ago(40), ago(40), None)]


def test_a_validation_under_way_answers_age_and_a_finished_one_prevents_it(triggers):
    old = validation("v0", ago(400), ago(375))
    assert short(triggers([old, validation("v1", ago(20))], deployed=ago(100))) == [("age", ago(10), ago(10), "v1")]
    in_time = validation("v1", ago(20), ago(10))
    assert short(triggers([old, in_time], deployed=ago(100))) == []


def test_a_material_change_wants_a_validation_that_ends_after_it(triggers):
    material = {"deployed": ago(100), "change": "material", "recorded": ago(200)}
    assert short(triggers([INITIAL], **material)) == [("material_change", ago(200), ago(170), None)]
    later = validation("v1", ago(210), ago(150))
    assert short(triggers([INITIAL, later], **material)) == [("material_change", ago(200), ago(170), "v1")]


def test_a_use_that_the_validation_knew_of_is_not_new(triggers):
    use = {"name": "Calls", "started_on": ago(90)}
    before = use | {"recorded_at": at(ago(300))}
    after = use | {"recorded_at": at(ago(299))}
    assert short(triggers([INITIAL], uses=[before], deployed=ago(100))) == []
    assert short(triggers([INITIAL], uses=[after], deployed=ago(100))) == [("new_use", ago(90), ago(60), None)]
    assert short(triggers([INITIAL], uses=[after | {"ended_on": AS_OF}], deployed=ago(100))) == []
    answered = validation("v1", ago(80))
    assert short(triggers([INITIAL, answered], uses=[after], deployed=ago(100)))[0][-1] == "v1"


def test_a_rejection_is_answered_by_the_next_validation_and_not_by_itself(triggers):
    rejected = validation("v1", ago(60), ago(50), "rejected")
    assert short(triggers([INITIAL, rejected], deployed=ago(100))) == [("rejected", ago(50), ago(20), None)]
    again = validation("v2", ago(50))
    assert short(triggers([INITIAL, rejected, again], deployed=ago(100))) == [("rejected", ago(50), ago(20), "v2")]


DAYS = st.integers(-30, 800).map(ago)
VALIDATIONS = st.lists(
    st.tuples(DAYS, st.none() | st.integers(0, 200), st.sampled_from(["approved", "rejected"])), max_size=4
).map(
    lambda drawn: [
        validation(f"v{number}", start, None if length is None else start + timedelta(length), outcome)
        for number, (start, length, outcome) in enumerate(drawn)
    ]
)


@settings(max_examples=12, deadline=None)
@given(validations=VALIDATIONS, deployed=st.integers(1, 700).map(ago), shuffle=st.randoms(use_true_random=False))
def test_only_a_validation_closes_a_trigger(triggers, validations, deployed, shuffle):
    """A validation that starts today answers all; one recorded tomorrow changes nothing; order does not matter."""
    before = triggers(validations, deployed=deployed, change="material", recorded=deployed)
    for row in before.itertuples():
        assert row.answered_on is None or row.triggered_on <= row.answered_on <= at(AS_OF)
    tomorrow = validation("later", ago(30), None, recorded_at=at(ago(-1)))
    mixed = [*validations, tomorrow]
    shuffle.shuffle(mixed)
    same = triggers(mixed, deployed=deployed, change="material", recorded=deployed)
    assert sorted(map(str, short(same))) == sorted(map(str, short(before)))
    today = triggers(
        [*validations, validation("today", AS_OF)], deployed=deployed, change="material", recorded=deployed
    )
    assert today["answered_by"].notna().all()
    assert set(before["trigger_id"]) == set(today["trigger_id"])


@pytest.fixture(scope="session")
def red_triggers(evaluate, seed_rows):
    """The triggers that red verdicts of one version give; readings are (days ago, value), red beyond 0.2."""

    def run(readings, *, validations=(), source_table="drift", effects=()):
        kri = {"kri_id": "k", "sandbox_id": "s", "segment_key": "all", "segment_value": "all", "unit": "u"}
        rows = [
            VERSION | kri | {"as_of_date": AS_OF, "is_judged_grain": True, "period_end": ago(days), "kri_value": value}
            for days, value in readings
        ]
        in_force = {"effective_from": date(2020, 1, 1), "recorded_at": LONG_AGO}
        limits = {"policy_id": "p", "kri_id": "k", "model_id": "m", "direction": "higher_is_worse"}
        tables = {
            "metrics.met_governed_versions": GOVERNED,
            "metrics.met_validation_triggers": no_triggers(evaluate, seed_rows),
            "indicators.kri_values": rows,
            "policies.pol_thresholds": [limits | {"amber_threshold": 0.1, "red_threshold": 0.2}],
            "policies.policies": seed_rows("policies", [{"policy_id": "p", "name": "Drift"} | in_force]),
            "policies.kri_definitions": [{"kri_id": "k", "source_table": source_table}],
            "policies.tier_rules": seed_rows("tier_rules", [TIER]),
            "policies.policy_jurisdictions": seed_rows(
                "policy_jurisdictions",
                [{"policy_id": "p", "jurisdiction": place, "effect": effect} | in_force for place, effect in effects],
            ),
            "registers.models": seed_rows(
                "models", [{"model_id": "m", "jurisdiction": "EU;US", "recorded_at": LONG_AGO}]
            ),
            "registers.validations": seed_rows("validations", list(validations)),
        }
        found = evaluate("pol_validation_triggers", tables).astype(object)
        return found.where(found.notna(), None)

    return run


def no_triggers(evaluate, seed_rows):
    return evaluate(
        "met_validation_triggers",
        {
            "metrics.met_governed_versions": GOVERNED,
            "registers.model_versions": seed_rows("model_versions", []),
            "registers.model_uses": seed_rows("model_uses", []),
            "policies.tier_rules": seed_rows("tier_rules", [TIER]),
            "registers.validations": seed_rows("validations", []),
        },
    )


@pytest.mark.parametrize(("days", "expected"), [(90, []), (91, [("red_kri", AS_OF, ago(-30), None)])])
def test_red_opens_a_trigger_on_the_day_after_the_last_allowed_one(red_triggers, days, expected):
    assert short(red_triggers([(days, 0.3), (0, 0.3)])) == expected


def test_red_that_was_measured_away_or_interrupted_opens_none(red_triggers):
    assert short(red_triggers([(200, 0.3), (100, 0.2)])) == []
    assert short(red_triggers([(200, 0.3), (100, 0.15), (50, 0.3)])) == []
    # what nobody measured does not resolve it
    assert short(red_triggers([(200, 0.3), (100, None)])) == [("red_kri", ago(109), ago(79), None)]


def test_a_validation_answers_red_if_it_started_since_it_turned(red_triggers):
    readings = [(100, 0.3), (0, 0.3)]
    assert short(red_triggers(readings, validations=[validation("v1", ago(101))]))[0][-1] is None
    assert short(red_triggers(readings, validations=[validation("v1", ago(100))]))[0][-1] == "v1"
    # and if it ended before the time was up, nothing is left unresolved
    assert short(red_triggers(readings, validations=[validation("v1", ago(100), ago(20))])) == []


@pytest.mark.parametrize("source_table", ["controls", "quality"])
def test_red_registers_and_feeds_have_ways_of_their_own(red_triggers, source_table):
    assert short(red_triggers([(200, 0.3), (0, 0.3)], source_table=source_table)) == []


def test_what_only_informs_wherever_the_model_is_used_calls_for_nothing(red_triggers):
    readings = [(200, 0.3), (0, 0.3)]
    information = [("EU", "information"), ("US", "information")]
    assert short(red_triggers(readings, effects=information)) == []
    assert len(red_triggers(readings, effects=information[:1])) == 1


@pytest.fixture(scope="session")
def controls(evaluate, seed_rows):
    """The workflow's controls of one version: metric -> (value, sample size)."""

    def run(*, triggers=(), uses=(), **registers):
        empty = {"trigger_id": "none", "model_id": "x", "model_version": "1", "answered_by": "v", "respond_by": AS_OF}
        unused = {"log_kind": "prediction", "reject_reason": "null_score", "event_date": AS_OF, "known_date": AS_OF}
        names = [
            *("models", "findings", "finding_extensions", "approvals", "approval_conditions"),
            *("validations", "validation_components"),
        ]
        model = {"model_id": "m", "owner_id": "owner", "developer_id": "developer", "recorded_at": LONG_AGO}
        registers = {"models": [model]} | registers
        tables = {f"registers.{name}": seed_rows(name, registers.get(name, [])) for name in names}
        tables["metrics.met_governed_versions"] = GOVERNED
        tables["metrics.met_validation_triggers"] = [*triggers, empty]
        tables["evidence.evd_log_intake"] = [
            *(VERSION | unused | {"reject_reason": None, "event_date": day, "n": n} for day, n in uses),
            VERSION | unused | {"n": 99},
        ]
        found = evaluate("met_validation_controls", tables).set_index("metric")
        assert (found["value"].notna() | found["status_reason"].notna()).all()
        return {name: (row["value"], row["sample_size"]) for name, row in found.iterrows()}

    return run


def component(name, **other):
    return {"validation_id": "v0", "component": name, "outcome": "passed", "recorded_at": LONG_AGO} | other


def test_a_validation_is_complete_when_every_component_is_on_record(controls):
    every = [component(name) for name in COMPONENTS]
    excused = component("benchmark", outcome="not_applicable", note="Nothing comparable exists")
    others = [row for row in every if row["component"] != "benchmark"]
    for complete in (every, [*others, excused]):
        assert controls(validations=[INITIAL], validation_components=complete)["missing_components"] == (0, 7)
    unexcused = excused | {"note": None}
    too_late = component("benchmark", recorded_at=at(ago(-1)))
    elsewhere = component("benchmark", validation_id="v9")
    for incomplete in (others, [*others, unexcused], [*others, too_late], [*others, elsewhere]):
        assert controls(validations=[INITIAL], validation_components=incomplete)["missing_components"] == (1, 7)


def test_the_scope_is_that_of_the_last_validation(controls):
    last = validation("v1", ago(60), ago(50))
    found = controls(validations=[INITIAL, last], validation_components=[component(name) for name in COMPONENTS])
    assert found["missing_components"] == (7, 7)
    running = validation("v1", ago(60))
    found = controls(validations=[INITIAL, running], validation_components=[component(name) for name in COMPONENTS])
    assert found["missing_components"] == (0, 7)


def test_a_trigger_counts_from_the_day_after_its_last_day_to_respond(controls):
    open_trigger = VERSION | {"trigger_id": "t", "answered_by": None, "respond_by": ago(1)}
    assert controls(triggers=[open_trigger])["unanswered_triggers"] == (1, 1)
    assert controls(triggers=[open_trigger | {"respond_by": AS_OF}])["unanswered_triggers"] == (0, 1)
    assert controls(triggers=[open_trigger | {"answered_by": "v"}])["unanswered_triggers"] == (0, 1)


def test_what_a_rejected_version_scores_counts_from_the_day_after(controls):
    rejected = validation("v1", ago(60), ago(50), "rejected")
    uses = [(ago(50), 10), (ago(49), 1)]
    assert controls(validations=[INITIAL, rejected], uses=uses)["rejected_predictions"] == (1, 11)
    on_record_later = rejected | {"recorded_at": at(ago(49))}
    assert controls(validations=[INITIAL, on_record_later], uses=uses)["rejected_predictions"] == (0, 11)
    accepted_since = validation("v2", ago(45), ago(40))
    assert controls(validations=[INITIAL, rejected, accepted_since], uses=uses)["rejected_predictions"] == (0, 11)


FINDING = VERSION | {"finding_id": "f", "owner_id": "o", "severity": "high", "raised_on": ago(100), "due_on": AS_OF}
FINDING |= {"recorded_at": LONG_AGO}
CLOSED = FINDING | {"closed_on": AS_OF, "closed_by": "head", "evidence_document": "f.pdf"}


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({}, 0),
        ({"owner_id": None}, 1),
        ({"severity": None}, 1),
        ({"severity": "dreadful"}, 1),
        ({"due_on": None}, 1),
        ({"model_version": None}, 0),
        ({"owner_id": None, "recorded_at": at(ago(-1))}, None),
        ({"owner_id": None, "model_version": "2"}, None),
    ],
)
def test_a_finding_has_an_owner_a_severity_and_a_date(controls, change, count):
    expected = (0, 0) if count is None else (count, 1)
    assert controls(findings=[FINDING | change])["incomplete_findings"] == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, (0, 1)),
        ({"closed_by": "o"}, (1, 1)),
        ({"closed_by": "owner"}, (1, 1)),
        ({"closed_by": "developer"}, (1, 1)),
        ({"closed_by": None}, (1, 1)),
        ({"evidence_document": None}, (1, 1)),
        ({"evidence_document": None, "closed_on": ago(-1)}, (0, 0)),
        ({"owner_id": None}, (0, 1)),
    ],
)
def test_a_finding_is_closed_by_somebody_else_with_proof(controls, change, expected):
    assert controls(findings=[CLOSED | change])["unproven_closures"] == expected


APPROVAL = VERSION | {"approval_id": "a", "decision": "approved", "effective_at": at(ago(200)), "recorded_at": LONG_AGO}
CONDITION = {"condition_id": "c", "approval_id": "a", "due_on": ago(1), "recorded_at": LONG_AGO}
MET = CONDITION | {"met_on": AS_OF, "evidence_document": "c.pdf"}


@pytest.mark.parametrize(
    ("approval", "condition", "expected"),
    [
        ({}, CONDITION, (1, 1)),
        ({}, CONDITION | {"due_on": AS_OF}, (0, 1)),
        ({}, MET, (0, 1)),
        ({}, MET | {"evidence_document": None}, (1, 1)),
        ({}, MET | {"met_on": ago(-1)}, (1, 1)),
        ({"revoked_at": at(AS_OF)}, CONDITION, (0, 0)),
        ({"decision": "declined"}, CONDITION, (0, 0)),
        ({"model_version": "2"}, CONDITION, (0, 0)),
    ],
)
def test_a_condition_is_met_when_it_is_due(controls, approval, condition, expected):
    found = controls(approvals=[APPROVAL | approval], approval_conditions=[condition])
    assert found["overdue_conditions"] == expected


def test_without_a_validation_its_scope_is_not_known(controls):
    value, size = controls()["missing_components"]
    assert value != value and size == 7
