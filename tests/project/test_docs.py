"""The documentation says what the seeds say."""

import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POLICIES = list(csv.DictReader((ROOT / "seeds" / "policies" / "policies.csv").open(newline="")))
SECTIONS = re.split(r"^## ", (ROOT / "docs" / "policies.md").read_text(), flags=re.MULTILINE)[1:]
ENTRIES = {section.split("`")[1]: section for section in SECTIONS}
RANKS = {"3": "rank 3", "4": "rank 4", "5": "rank 5"}


def test_every_policy_has_one_entry_in_the_order_of_the_seed():
    assert list(ENTRIES) == [policy["policy_id"] for policy in POLICIES]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy["policy_id"])
def test_an_entry_has_its_five_parts_and_agrees_with_the_seed(policy):
    entry = ENTRIES[policy["policy_id"]]
    parts = re.findall(r"^\*\*(.+?)\.\*\* (\S.*)$", entry, flags=re.MULTILINE)
    assert [name for name, _ in parts] == ["What", "Why", "Example", "Remedy", "Who may waive"]
    what, why, _, remedy, waive = (text for _, text in parts)
    assert all(f"`{policy[field]}`" in what for field in ("severity", "kri_id"))
    assert policy["standard"] in why
    assert policy["remedy"] in remedy
    assert (RANKS[policy["minimum_approver_rank"]] in waive) == (policy["is_waivable"] == "true")


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_every_link_of_a_page_leads_somewhere(page):
    folder = (ROOT / page).parent
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text())
    assert not [link for link in links if not (folder / link).exists()]
