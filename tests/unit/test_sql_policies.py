"""What no combination of registers may bring about, by the compiled SQL on random registers."""

from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

IN_FORCE = {"effective_from": date(2020, 1, 1), "effective_to": date(2999, 1, 1), "recorded_at": datetime(2020, 1, 1)}
LIMIT = st.floats(0, 1).map(lambda number: round(number, 3))
SUBJECT = {"sandbox_id": "s", "model_id": "m", "model_version": "1", "model_tier": 1}


@st.composite
def overrides(draw):
    """Overrides of the sandbox and of the model, with any limits, some left empty, some not approved."""
    drawn = draw(
        st.lists(
            st.tuples(st.none() | LIMIT, st.none() | LIMIT, st.sampled_from(["a", "b"]), st.booleans()), max_size=4
        )
    )
    return [
        {
            **{"override_id": f"o{number}", "policy_id": "p", "sandbox_id": "s"},
            **{"model_id": "m" if is_model else None, "amber_threshold": amber, "red_threshold": red},
            **{"requested_by": "a", "approved_by": approver, **IN_FORCE, "effective_from": date(2021, 1, 1 + number)},
        }
        for number, (amber, red, approver, is_model) in enumerate(drawn)
    ]


@settings(max_examples=60, deadline=None)
@given(
    rows=overrides(),
    limits=st.tuples(LIMIT, LIMIT).map(sorted),
    direction=st.sampled_from(["higher_is_worse", "lower_is_worse"]),
)
def test_no_override_loosens_a_limit(evaluate, rows, limits, direction):
    amber, red = limits if direction == "higher_is_worse" else reversed(limits)
    empty = {"override_id": "none", "policy_id": "other", "sandbox_id": "s", "model_id": None}
    empty |= {"amber_threshold": None, "red_threshold": None, "requested_by": "a", "approved_by": "b"} | IN_FORCE
    frame = pd.DataFrame([*rows, empty]).astype({"amber_threshold": float, "red_threshold": float})
    evaluate(
        "met_overrides",
        {
            "metrics.met_governed_versions": [SUBJECT],
            "policies.kri_definitions": [{"kri_id": "k", "direction": direction}],
            "policies.policies": [{"policy_id": "p", "kri_id": "k"} | IN_FORCE],
            "policies.policy_thresholds": [
                {"policy_id": "p", "model_tier": 1, "amber_threshold": amber, "red_threshold": red} | IN_FORCE
            ],
            "registers.threshold_overrides": frame,
            "metrics.met_waivers": [{"policy_id": "x", "model_id": "m", "is_live": True, "violation": "none"}],
        },
    )
    (found,) = evaluate("pol_thresholds", {}).to_dict("records")
    sign = 1 if direction == "higher_is_worse" else -1
    assert sign * found["amber_threshold"] <= sign * amber
    assert sign * found["red_threshold"] <= sign * red
    assert sign * found["amber_threshold"] <= sign * found["red_threshold"]
    is_refused = pd.notna(found["refusal_reason"])
    assert not is_refused or found["refused_override_id"] in {row["override_id"] for row in rows}


STATUS_ORDER = {"green": 0, "grey": 1, "amber": 2, "red": 3}
ENFORCEMENT_ORDER = {"none": 0, "warn": 1, "block": 2}
EMPTY_WAIVER = {"waiver_id": "x", "policy_id": "other", "model_id": "m", "model_version": "1"}
EMPTY_WAIVER |= {"expires_on": date(2025, 7, 1), "is_live": True, "violation": None}


NOBODY = {"sandbox_id": "none", "capability": "c", "need": "off", "recorded_at": datetime(2020, 1, 1)}
NOWHERE = {"policy_id": "other", "jurisdiction": "X", "effect": "information"} | IN_FORCE


def verdict(
    evaluate, value, severity, tier, waivers, *, reason="small_sample", jurisdiction="EU", effects=(), needs=()
):
    governed = SUBJECT | {"model_tier": tier, "problem_type": "binary", "is_registered": True}
    policy = {"policy_id": "p", "kri_id": "k", "severity": severity} | IN_FORCE
    definition = {
        "kri_id": "k",
        "capability": "c",
        "name": "K",
        "problem_type": "any",
        "subject_scope": "registered_version",
    }
    definition |= {"unit": "u", "direction": "higher_is_worse"}
    measured = {"kri_value_key": "v", "kri_id": "k", "model_id": "m", "model_version": "1", "segment_key": "all"}
    measured |= {"segment_value": "all", "period_start": date(2025, 4, 1), "period_end": date(2025, 6, 30)}
    measured |= {"is_judged_grain": True, "kri_value": value, "sample_size": 9, "evidence_ref": "a|b|-|c"}
    measured |= {"status_reason": None if value is not None else reason}
    limits = {"policy_id": "p", "model_id": "m", "amber_threshold": 0.1, "red_threshold": 0.2}
    frame = pd.DataFrame([*waivers, EMPTY_WAIVER]).astype({"violation": "string"})
    tables = {
        "metrics.met_governed_versions": [governed],
        "policies.policies": [policy],
        "policies.kri_definitions": [definition],
        "policies.pol_thresholds": [limits],
        "indicators.kri_values": pd.DataFrame([measured]).astype({"kri_value": float, "status_reason": "string"}),
        "metrics.met_waivers": frame,
        "registers.models": pd.DataFrame(
            [{"model_id": "m", "jurisdiction": jurisdiction, "recorded_at": datetime(2020, 1, 1)}]
        ).astype({"jurisdiction": "string"}),
        "policies.policy_jurisdictions": [NOWHERE, *effects],
        "registers.sandbox_needs": [NOBODY, *needs],
    }
    found = evaluate("pol_evaluations", tables).to_dict("records")
    return found[0] if found else None


SETTING = {
    "value": st.none() | st.floats(0, 0.4).map(lambda number: round(number, 3)),
    "severity": st.sampled_from(["block", "error", "warn"]),
    "tier": st.integers(1, 3),
}


@settings(max_examples=25, deadline=None)
@given(**SETTING, is_live=st.booleans(), violation=st.none() | st.just("too_long"))
def test_a_waiver_never_makes_a_verdict_worse_and_an_invalid_one_changes_nothing(
    evaluate, value, severity, tier, is_live, violation
):
    before = verdict(evaluate, value, severity, tier, [])
    waiver = EMPTY_WAIVER | {"policy_id": "p", "is_live": is_live, "violation": violation}
    after = verdict(evaluate, value, severity, tier, [waiver])
    assert after["rag_status"] == before["rag_status"]
    assert ENFORCEMENT_ORDER[after["enforcement"]] <= ENFORCEMENT_ORDER[before["enforcement"]]
    if violation or not is_live:
        assert after["enforcement"] == before["enforcement"]
    elif before["rag_status"] == "red":
        assert after["enforcement"] == "warn"


@settings(max_examples=25, deadline=None)
@given(**SETTING)
def test_taking_the_measurement_away_never_gives_green(evaluate, value, severity, tier):
    assert verdict(evaluate, None, severity, tier, [])["rag_status"] == "grey"
    found = verdict(evaluate, value, severity, tier, [])
    if value is not None:
        assert found["rag_status"] == ("red" if value > 0.2 else "amber" if value > 0.1 else "green")
    assert STATUS_ORDER[found["rag_status"]] == 3 or found["enforcement"] == "none"


@settings(max_examples=25, deadline=None)
@given(
    **SETTING,
    places=st.lists(st.sampled_from(["EU", "UK", "US", "CA"]), max_size=3, unique=True),
    effects=st.dictionaries(st.sampled_from(["EU", "UK", "US"]), st.sampled_from(["breach", "information"])),
)
def test_a_finding_informs_only_where_every_jurisdiction_of_the_model_says_so(
    evaluate, value, severity, tier, places, effects
):
    rows = [{"policy_id": "p", "jurisdiction": place, "effect": effect} | IN_FORCE for place, effect in effects.items()]
    before = verdict(evaluate, value, severity, tier, [])
    found = verdict(evaluate, value, severity, tier, [], jurisdiction="; ".join(places) or None, effects=rows)
    informs = bool(places) and all(effects.get(place) == "information" for place in places)
    assert found["rag_status"] == before["rag_status"]
    assert found["severity"] == ("information" if informs else severity)
    assert found["enforcement"] == ("none" if informs else before["enforcement"])
    if informs and value is not None:
        assert found["explanation"].endswith(f"; information only in {', '.join(sorted(places))}")
    else:
        assert found["explanation"] == before["explanation"]


@pytest.mark.parametrize(("reason", "enforcement"), [("not_declared", "none"), ("no_data", "warn")])
def test_what_nobody_declared_is_grey_without_a_warning_and_what_nobody_measured_with_one(
    evaluate, reason, enforcement
):
    found = verdict(evaluate, None, "error", 1, [], reason=reason)
    assert (found["rag_status"], found["status_reason"], found["enforcement"]) == ("grey", reason, enforcement)


@pytest.mark.parametrize(
    ("need", "is_judged"),
    [
        ({}, False),
        ({"need": "optional"}, True),
        ({"capability": "another"}, True),
        ({"recorded_at": datetime(2999, 1, 1)}, True),
    ],
)
def test_what_a_sandbox_switched_off_on_record_is_not_judged(evaluate, need, is_judged):
    found = verdict(evaluate, 0.3, "error", 1, [], needs=[NOBODY | {"sandbox_id": "s"} | need])
    assert (found is not None) == is_judged
