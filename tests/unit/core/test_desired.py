"""What the plan wants of each item, and what it is labelled with (spec §4.1, §4.6, §6)."""

from __future__ import annotations

from typing import Any

import pytest

from plansync.core.desired import is_published, labels_for, priority, stale_labels, wish_for
from plansync.core.identity import ItemKey
from plansync.core.match import Match
from plansync.core.model import Item, ItemKind, Level, Plan, Rating, State, Task
from plansync.core.ownership import Ownership
from plansync.core.problems import problem
from plansync.core.reading import Placed
from plansync.core.rules import Rules, StatusWords
from plansync.core.stages import By
from tests.support.plan_values import make_phase, make_plan, make_risk, make_status, make_task
from tests.support.reconciling import issue_of, make_issue, make_question, make_reading, owning

TASK = make_task()


def _wish(item: Item = TASK, number: int | None = None, by: By = By.NEW, published: bool = True, **parts: Any) -> str:
    rules = Rules(create_done=parts.pop("create_done", False))
    phase = make_phase(*([item] if isinstance(item, Task) else []), **parts.pop("phase", {}))
    plan = make_plan(phase, **parts)
    ownership = owning(issue_of(7, "Build it"), make_issue(8, "By hand"))
    match = Match(
        placed=Placed(item, 0 if item.kind is ItemKind.TASK else -1), key=ItemKey("t-1"), number=number, by=by
    )
    wish = wish_for(match, make_reading(plan, rules=rules), ownership, published=published)
    return f"{wish.fate}: {wish.reason}" if wish.reason else wish.fate.value


def test_an_open_item_without_an_issue_gets_one() -> None:
    assert _wish() == "create: new in the plan"
    assert _wish(make_risk()) == "create: new in the plan"


def test_an_item_with_an_issue_keeps_it_in_step_whatever_its_state() -> None:
    for state in State:
        assert _wish(make_task(state=state), 7, By.LINK, published=False) == "keep"


@pytest.mark.parametrize("by", [By.ELSEWHERE, By.GONE, By.CONTESTED, By.UNREAD, By.BLOCKED])
def test_an_item_that_has_no_issue_of_ours_is_left_alone(by: By) -> None:
    assert _wish(number=7, by=by) == f"nothing: {by.value}"


@pytest.mark.parametrize(
    ("item", "parts", "wish"),
    [
        (make_task(state=State.CANCELLED), {}, "nothing: cancelled"),
        (make_task(state=State.CANCELLED), {"create_done": True}, "nothing: cancelled"),
        (make_task(state=State.DONE), {}, "nothing: already done"),
        (make_risk(state=State.DONE), {}, "nothing: already done"),
        (make_task(state=State.DONE), {"create_done": True}, "create: new in the plan"),
        (make_task(), {"phase": {"complete": True}}, "nothing: its phase is marked complete"),
        (make_task(), {"phase": {"complete": True}, "create_done": True}, "create: new in the plan"),
        (make_risk(), {"phase": {"complete": True}}, "create: new in the plan"),
        (make_task(), {"published": False}, "nothing: the plan is not published"),
        (make_task(state=State.DONE), {"published": False}, "nothing: already done"),
    ],
)
def test_what_is_settled_or_unpublished_gets_no_issue(item: Item, parts: dict[str, Any], wish: str) -> None:
    assert _wish(item, **parts) == wish


@pytest.mark.parametrize(
    ("item", "parts"),
    [(make_task(ignored=True), {}), (TASK, {"phase": {"ignored": True}}), (TASK, {"ignored": True})],
)
def test_what_is_ignored_gets_no_issue_and_releases_the_one_it_has(item: Item, parts: dict[str, Any]) -> None:
    assert _wish(item, **parts) == "nothing: ignored"
    assert _wish(item, 7, By.LINK, **parts) == "release: ignored"
    assert _wish(item, 8, By.LINK, **parts) == "nothing: ignored"


@pytest.mark.parametrize(
    ("item", "part", "wish"),
    [
        (TASK, "phase 0", "nothing: its part of the plan has an error"),
        (TASK, "plan", "nothing: its part of the plan has an error"),
        (TASK, "phase 1", "keep"),
        (TASK, "risks", "keep"),
        (make_risk(), "risks", "nothing: its part of the plan has an error"),
        (make_risk(), "phase 0", "keep"),
        (make_question(), "questions", "nothing: its part of the plan has an error"),
    ],
)
def test_a_part_with_an_error_is_left_alone_and_the_rest_goes_on(item: Item, part: str, wish: str) -> None:
    assert _wish(item, 7, By.LINK, problems=(problem("PS105", 1, 1, "", part=part),)) == wish


def _published(status: str | None, rules: Rules, ownership: Ownership | None = None, publish: bool = False) -> str:
    plan: Plan = make_plan(make_phase(TASK), status=make_status(status) if status is not None else None)
    is_allowed, why = is_published(make_reading(plan, rules=rules), ownership or Ownership(), publish=publish)
    assert is_allowed is not bool(why)
    return why


APPROVED = Rules(publish_when=("Approved", "In Progress", "QA signed"))


@pytest.mark.parametrize(
    ("status", "rules", "why"),
    [
        (None, Rules(), ""),
        ("Draft", Rules(), ""),
        ("whatever we like", Rules(), ""),
        ("Approved", APPROVED, ""),
        ("[APPROVED]", APPROVED, ""),
        ("in-progress", APPROVED, ""),
        ("**In Progress** (since May)", APPROVED, ""),
        ("qa signed", APPROVED, ""),
        ("Draft", APPROVED, "its Status is Draft; publish_when names Approved, In Progress, QA signed"),
        (None, APPROVED, "its Status is missing; publish_when names Approved, In Progress, QA signed"),
        ("Done", Rules(), "its Status is Done; run `plansync once PLAN --publish` to publish it all the same"),
        ("On hold", APPROVED, "its Status is On hold; run `plansync once PLAN --publish` to publish it all the same"),
        (
            "Iced",
            Rules(status_words=StatusWords(extra={"held": ("Iced",)})),
            "its Status is Iced; run `plansync once PLAN --publish` to publish it all the same",
        ),
    ],
)
def test_a_plan_without_issues_is_published_when_its_status_allows_it(
    status: str | None, rules: Rules, why: str
) -> None:
    assert _published(status, rules) == why


@pytest.mark.parametrize("status", ["Draft", "Done", None])
def test_a_plan_that_has_issues_or_that_the_user_asks_for_is_published(status: str | None) -> None:
    assert _published(status, APPROVED, owning(issue_of(1, "Build it"))) == ""
    assert _published(status, APPROVED, publish=True) == ""
    assert (_published(status, APPROVED, owning(issue_of(1, "Build it", plan="other"))) == "") is False


def test_the_front_matters_status_counts_where_the_header_has_none() -> None:
    plan = make_plan(front_matter_status=make_status("Draft"))
    assert not is_published(make_reading(plan, rules=APPROVED), Ownership(), publish=False)[0]


@pytest.mark.parametrize(
    ("score", "level"),
    [(1, "LOW"), (2, "LOW"), (3, "MEDIUM"), (4, "MEDIUM"), (6, "HIGH"), (9, "HIGH"), (None, None)],
)
def test_priority_follows_the_score(score: int | None, level: str | None) -> None:
    assert priority(score) == (Level[level] if level else None)


def _rated(likelihood: Level | None, impact: Level | None) -> Match:
    risk = make_risk(likelihood=Rating("?", likelihood), impact=Rating("?", impact))
    return Match(placed=Placed(risk, -1), key=ItemKey("r-1"))


@pytest.mark.parametrize(
    ("match", "labels"),
    [
        (_rated(Level.HIGH, Level.MEDIUM), ("plansync", "risk", "risk:high")),
        (_rated(Level.LOW, Level.HIGH), ("plansync", "risk", "risk:medium")),
        (_rated(Level.LOW, Level.MEDIUM), ("plansync", "risk", "risk:low")),
        (_rated(None, Level.HIGH), ("plansync", "risk")),
        (Match(placed=Placed(make_question(), -1), key=ItemKey("q-1")), ("plansync", "question")),
        (Match(placed=Placed(TASK, 0), key=ItemKey("t-1")), ("plansync",)),
    ],
)
def test_labels_tell_kind_and_priority(match: Match, labels: tuple[str, ...]) -> None:
    assert labels_for(match, breaking=False) == labels


def test_only_a_task_is_labelled_as_a_breaking_change() -> None:
    assert labels_for(Match(placed=Placed(TASK, 0), key=ItemKey("t-1")), breaking=True) == (
        "plansync",
        "breaking-change",
    )
    assert "breaking-change" not in labels_for(_rated(Level.LOW, Level.LOW), breaking=True)


def test_the_labels_that_may_go_are_those_that_depend_on_the_plans_words() -> None:
    assert stale_labels(ItemKind.RISK) == {"risk:high", "risk:medium", "risk:low"}
    assert stale_labels(ItemKind.TASK) == {"breaking-change"}
    assert stale_labels(ItemKind.QUESTION) == frozenset()
