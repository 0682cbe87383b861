"""The hash gate: it closes over everything that a decision depends on, and over nothing else (spec §4, §3.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from plansync.core.baseline import ItemState, PlanState
from plansync.core.fit import Capabilities
from plansync.core.gate import bytes_digest, gate_digest, numbers_of, rules_digest
from plansync.core.identity import PlanKey
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.rules import MarkerRules, Rules
from tests.support.reconciling import NOON, PLAN, issue_of, make_issue, milestone_of, owning, tracking_of

CAPABILITIES = Capabilities(name="test")
RULES = rules_digest(Rules(), CAPABILITIES, "templates", "1.0")
ISSUE = issue_of(7, "Build it", labels=frozenset({"a", "b"}), milestone=3, assignees=("ann", "bob"))
MILESTONE = milestone_of(3)


def _gate(
    *issues: ObservedIssue, rules: str = RULES, path: str = "a.md", key: str = PLAN, milestone: Any = MILESTONE
) -> str:
    return gate_digest(rules, PlanKey(key), path, owning(*issues, milestones=[milestone]), [7, 8])


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"body": ISSUE.body + "\nMore."},
        {"closed": CloseReason.COMPLETED},
        {"labels": frozenset({"a"})},
        {"milestone": None},
        {"assignees": ()},
        {"moved_to": "https://tracker.example/x/issues/1"},
        {"url": "https://tracker.example/issues/7"},
    ],
)
def test_whatever_people_change_in_an_issue_opens_the_gate(change: dict[str, Any]) -> None:
    assert _gate(replace(ISSUE, **change)) != _gate(ISSUE)


@pytest.mark.parametrize(
    "change",
    [
        {"updated_at": NOON + timedelta(1)},
        {"touched_by_others": True},
        {"body": ISSUE.body.replace("\n", "\r\n") + "\r\n"},
        {"labels": frozenset({"b", "a"})},
        {"assignees": ("bob", "ann")},
    ],
)
def test_a_comment_and_other_line_ends_do_not(change: dict[str, Any]) -> None:
    assert _gate(replace(ISSUE, **change)) == _gate(ISSUE)


def test_another_plans_issue_does_not_matter() -> None:
    assert _gate(ISSUE, issue_of(9, "Other", plan="other")) == _gate(ISSUE)


def test_a_new_issue_of_the_plan_does() -> None:
    assert _gate(ISSUE, issue_of(9, "Other")) != _gate(ISSUE)


def test_the_plans_tracking_issue_does() -> None:
    assert _gate(ISSUE, tracking_of(9)) != _gate(ISSUE)
    assert _gate(ISSUE, tracking_of(9, title="Other")) != _gate(ISSUE, tracking_of(9))
    assert _gate(ISSUE, tracking_of(9, plan="other")) == _gate(ISSUE)


def test_an_issue_that_an_item_holds_matters_whoever_owns_it() -> None:
    adopted = make_issue(8, "By hand")
    assert _gate(ISSUE, adopted) != _gate(ISSUE)
    assert _gate(ISSUE, replace(adopted, title="Renamed")) != _gate(ISSUE, adopted)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"closed": True},
        {"description": ""},
        {"url": "https://tracker.example/3"},
        {"issues": (1, 2)},
    ],
)
def test_a_changed_milestone_opens_the_gate(change: dict[str, Any]) -> None:
    assert _gate(ISSUE, milestone=replace(MILESTONE, **change)) != _gate(ISSUE)


def test_key_and_path_and_rules_do() -> None:
    assert len({_gate(ISSUE), _gate(ISSUE, path="b.md"), _gate(ISSUE, rules="other"), _gate(ISSUE, key="other")}) == 4


def test_every_rule_capability_template_and_version_counts() -> None:
    digests = {
        RULES,
        rules_digest(Rules(risks=False), CAPABILITIES, "templates", "1.0"),
        rules_digest(Rules(own=frozenset({"title"})), CAPABILITIES, "templates", "1.0"),
        rules_digest(Rules(markers=MarkerRules(keys=("k",))), CAPABILITIES, "templates", "1.0"),
        rules_digest(Rules(), replace(CAPABILITIES, body_limit=9), "templates", "1.0"),
        rules_digest(Rules(), CAPABILITIES, "others", "1.0"),
        rules_digest(Rules(), CAPABILITIES, "templates", "1.1"),
    }
    assert len(digests) == 7


def test_the_order_of_a_set_does_not_count() -> None:
    one, other = (Rules(own=frozenset(order)) for order in (("title", "body"), ("body", "title")))
    assert rules_digest(one, CAPABILITIES, "", "") == rules_digest(other, CAPABILITIES, "", "")


def test_one_byte_makes_another_file() -> None:
    assert bytes_digest(b"a\n") != bytes_digest(b"a\r\n")


def test_the_store_knows_items_by_their_numbers() -> None:
    items = [ItemState(key=str(n), kind="task", text="", phase="", number=n) for n in (3, None, 5)]
    assert numbers_of(PlanState(key="", source="", path="", target="", items=tuple(items))) == {3, 5}
