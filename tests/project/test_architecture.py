"""The project's shape, read from the manifest dbt itself writes."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ["sample_bank", "staging", "evidence", "metrics", "indicators", "policies", "marts"]
SANDBOXES = ["retail_banking", "investment_banking", "wealth_management"]
PREFIXES = {
    "staging": ("stg_", "quarantine_"),
    "evidence": ("evd_",),
    "metrics": ("met_",),
    "indicators": ("kri_",),
    "policies": ("pol_",),
    "marts": tuple(f"{schema}__" for schema in [*SANDBOXES, "enterprise"]),
}
CLOCK = re.compile(r"\b(current_date|current_timestamp|localtimestamp|run_started_at)\b|\b(now|today|utcnow)\s*\(")
COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)


def models(manifest):
    return {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def layer(node):
    return node["fqn"][1]


def gates(manifest):
    return [
        node for node in manifest["nodes"].values() if (node.get("test_metadata") or {}).get("name") == "policy_holds"
    ]


def gated_sandbox(manifest, gate):
    return manifest["nodes"][gate["attached_node"]]["schema"]


def seed(path):
    with (ROOT / "seeds" / path).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def applicable_policies():
    """Every (policy, sandbox) in which the sandbox has a model that the policy's KRI is about."""
    problem_types = {row["kri_id"]: row["problem_type"] for row in seed("policies/kri_definitions.csv")}
    return {
        (policy["policy_id"], model["sandbox_id"])
        for policy in seed("policies/policies.csv")
        for model in seed("registers/models.csv")
        if {"any", model["problem_type"]} & set(problem_types[policy["kri_id"]].split(";"))
    }


def test_every_model_is_in_a_layer_and_named_after_it(manifest):
    misplaced = [
        node["name"]
        for node in models(manifest).values()
        if layer(node) not in LAYERS or not node["name"].startswith(PREFIXES.get(layer(node), ""))
    ]
    assert not misplaced


def test_data_flows_one_way(manifest):
    nodes = models(manifest)
    backwards = [
        f"{parent} -> {child}"
        for child, node in nodes.items()
        for parent in node["depends_on"]["nodes"]
        if parent in nodes and LAYERS.index(layer(nodes[parent])) > LAYERS.index(layer(node))
    ]
    assert not backwards


def test_only_staging_and_evidence_read_logs(manifest):
    nodes = models(manifest)
    readers = {
        child: layer(node)
        for child, node in nodes.items()
        for parent in node["depends_on"]["nodes"]
        if (parent in nodes and layer(nodes[parent]) in ("sample_bank", "staging")) or parent.startswith("source.")
    }
    assert {"staging", "evidence"} <= set(readers.values()) <= {"sample_bank", "staging", "evidence"}


def test_a_schema_is_named_like_its_folder(manifest):
    misnamed = [
        node["name"]
        for node in models(manifest).values()
        if node["schema"] != (node["fqn"][2] if layer(node) == "marts" else layer(node))
    ]
    assert not misnamed


def test_marts_and_only_marts_are_public_and_owned(manifest):
    for node in models(manifest).values():
        is_mart = layer(node) == "marts"
        assert (node["access"] == "public") == is_mart, node["name"]
        assert node["group"] == (node["schema"] if is_mart else None), node["name"]


def test_every_sandbox_has_the_same_shapes(manifest):
    shapes = {schema: set() for schema in SANDBOXES}
    for node in models(manifest).values():
        if layer(node) == "marts" and node["schema"] in shapes:
            shapes[node["schema"]].add(node["alias"])
    common = {"kri_scorecard", "policy_register", "breaches", "model_detail", "validation_workflow"}
    assert all(common <= found for found in shapes.values()), shapes


def test_gates_sit_on_leaves_only(manifest):
    """dbt skips everything below a failing test; a breach must never stop another mart."""
    gated = {gate["attached_node"] for gate in gates(manifest)}
    followed = {key for key in gated if any(child.startswith("model.") for child in manifest["child_map"][key])}
    assert gated and not followed


def test_every_applicable_policy_has_exactly_one_gate(manifest, applicable_policies):
    asserted = Counter(
        (gate["test_metadata"]["kwargs"]["policy_id"], gated_sandbox(manifest, gate)) for gate in gates(manifest)
    )
    assert set(asserted) == applicable_policies
    assert set(asserted.values()) == {1}


def test_every_policy_applies_somewhere(applicable_policies):
    assert {policy for policy, _ in applicable_policies} == {row["policy_id"] for row in seed("policies/policies.csv")}


def test_a_gate_is_named_described_and_owned(manifest):
    for gate in gates(manifest):
        policy_id = gate["test_metadata"]["kwargs"]["policy_id"]
        assert gate["name"] == f"policy_{gated_sandbox(manifest, gate)}__{policy_id}"
        assert gate["description"]
        assert gate["config"]["meta"]["owner"]


def test_nothing_reads_the_clock(manifest):
    code = {key: node["raw_code"] for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    code |= {
        key: macro["macro_sql"]
        for key, macro in manifest["macros"].items()
        if macro["package_name"] == "dbt_model_risk"
    }
    assert not [key for key, text in code.items() if CLOCK.search(COMMENT.sub("", text))]
