"""Which targets an event concerns, and what it asks of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plansync.app.hearing import Place, hear
from plansync.core.events import PING, Event, IssueMoved, ProjectMoved, Pushed
from plansync.core.scope import WHOLE, Glimpse, Scope
from plansync.ports.queue import Ask, Urgency

PAGE, OTHER = "github.com/acme/web", "github.com/acme/other"


def is_plan(path: str) -> bool:
    return path.startswith("plans/") and path.endswith(".md")


WEB = Place(target="web", projects=frozenset({PAGE}), repositories=frozenset({PAGE}), is_plan=is_plan)
GLIMPSE = Glimpse("ann", "d1", "2026-03-02T12:30:00+00:00")


def asked(event: Event, *places: Place) -> list[tuple[str, str, Scope]]:
    return [(ask.target, ask.reason, ask.scope) for ask in hear([event], places)]


def pushed(*paths: str, branch: str = "main", page: str = PAGE) -> Pushed:
    return Pushed(page, branch, "main", frozenset(paths))


def test_an_issue_is_asked_of_every_target_of_its_project() -> None:
    event = IssueMoved(PAGE, 12, "closed", GLIMPSE)
    places = (WEB, replace(WEB, target="twin"), replace(WEB, target="far", projects=frozenset({OTHER})))
    assert hear([event], places) == tuple(
        Ask(
            target=target,
            trigger="webhook",
            reason="issues closed #12",
            scope=Scope(issues={12: GLIMPSE}),
            urgency=Urgency.DEBOUNCED,
        )
        for target in ("web", "twin")
    )


def test_a_project_known_by_several_names_is_one() -> None:
    place = replace(WEB, projects=frozenset({PAGE, OTHER}))
    assert len(asked(IssueMoved(OTHER, 1, "edited", GLIMPSE), place)) == 1


def test_what_many_issues_share_is_a_matter_of_the_whole_target() -> None:
    assert asked(ProjectMoved(PAGE, "milestone closed"), WEB) == [("web", "milestone closed", WHOLE)]
    assert asked(ProjectMoved(OTHER, "milestone closed"), WEB) == []


def test_a_push_asks_for_the_plans_that_it_touched() -> None:
    event = pushed("plans/a.md", "plans/old.md", "README.md", "src/plans/a.md")
    assert asked(event, WEB) == [("web", "push main", Scope(plans=frozenset({"plans/a.md", "plans/old.md"})))]


def test_a_push_that_touches_no_plan_asks_for_nothing() -> None:
    assert asked(pushed("README.md"), WEB) == []
    assert asked(pushed(), WEB) == []


def test_plans_are_named_as_the_source_names_them() -> None:
    event = pushed("docs/plans/a.md", "plans/b.md", "docs2/plans/c.md")
    assert asked(event, replace(WEB, below="docs/")) == [("web", "push main", Scope(plans=frozenset({"plans/a.md"})))]


@pytest.mark.parametrize("event", [Pushed(PAGE, "main", "main", None), pushed(*(f"plans/{n}.md" for n in range(201)))])
def test_files_that_are_not_all_known_or_too_many_mean_all_plans(event: Pushed) -> None:
    assert asked(event, WEB) == [("web", "push main", WHOLE)]


def test_a_folder_whose_place_in_the_repository_is_not_known_is_read_whole() -> None:
    assert asked(pushed("README.md"), replace(WEB, below=None)) == [("web", "push main", WHOLE)]


@pytest.mark.parametrize(
    ("branch", "wanted", "default_branch", "is_heard"),
    [
        ("main", "", "main", True),
        ("work", "", "main", False),
        ("work", "work", "main", True),
        ("main", "work", "main", False),
        ("Main", "main", "main", False),
        ("any", "", "", True),
    ],
)
def test_only_the_source_s_branch_counts(branch: str, wanted: str, default_branch: str, is_heard: bool) -> None:
    event = Pushed(PAGE, branch, default_branch, frozenset({"plans/a.md"}))
    assert bool(asked(event, replace(WEB, branch=wanted))) == is_heard


def test_a_push_concerns_whose_plans_live_there_not_whose_issues() -> None:
    place = replace(WEB, repositories=frozenset({OTHER}))
    assert asked(pushed("plans/a.md"), place) == []
    assert asked(pushed("plans/a.md", page=OTHER), place) != []


def test_a_branch_s_name_is_shown_as_far_as_it_can_be() -> None:
    long = Pushed(PAGE, "b" * 300, "", frozenset({"plans/a.md"}))
    ((_, reason, _),) = asked(long, WEB)
    assert len(reason) == 100
    odd = Pushed(PAGE, "a\x1b[31m", "", frozenset({"plans/a.md"}))
    ((_, reason, _),) = asked(odd, WEB)
    assert reason == "push ?"


def test_nothing_asks_for_nothing() -> None:
    assert asked(PING, WEB) == []
