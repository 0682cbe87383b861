"""Which milestone is whose: by link, by id and name, by name, by tasks (spec §3.8)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from plansync.core.identity import phase_key
from plansync.core.links import Address
from plansync.core.match import Match
from plansync.core.model import Link, LinkPlace, Phase, Task
from plansync.core.observed import ObservedIssue, ObservedMilestone
from plansync.core.phases import PhaseMatch, match_phases
from plansync.core.text import Span
from tests.support.plan_values import make_phase, make_plan, make_task
from tests.support.reconciling import LOCAL, PLAN, WEB, issue_of, make_reading, match_of, milestone_of, owning

MILESTONE = "https://tracker.example/acme/web/milestone/{}"
LOCAL_MILESTONE = "http://127.0.0.1:8484/milestones/{}"


def _link(number: int, url: str = MILESTONE) -> Link:
    return Link("m", url.format(number), Span(0, 0), Span(0, 0), LinkPlace.LEAD)


def _phase(id: str | None, name: str, link: Link | None = None, tasks: Sequence[Task] = ()) -> Phase:
    return make_phase(*tasks, id=id, name=name, milestone_link=link)


def _match(
    *phases: Phase,
    milestones: Sequence[ObservedMilestone] = (),
    issues: Sequence[ObservedIssue] = (),
    matches: Sequence[Match] = (),
    address: Address = WEB,
) -> tuple[PhaseMatch, ...]:
    ownership = owning(*issues, milestones=milestones)
    return match_phases(make_reading(make_plan(*phases)), ownership, address, matches)


def _numbers(found: Sequence[PhaseMatch]) -> list[int | None]:
    return [match.number for match in found]


def test_a_link_counts_more_than_id_and_name() -> None:
    found = _match(
        _phase("1", "Base", _link(8)), milestones=[milestone_of(7, "1", "Base"), milestone_of(8, "9", "Old")]
    )
    assert _numbers(found) == [8]
    assert found[0].by_link


def test_a_phase_is_known_by_id_and_name_then_by_name_alone() -> None:
    milestones = [milestone_of(7, "9", "Base"), milestone_of(8, "1", "Base"), milestone_of(9, "1", "Core")]
    assert _numbers(_match(_phase("1", "Base"), milestones=milestones)) == [8]
    assert _numbers(_match(_phase("2", "Base"), milestones=milestones[:1])) == [7]
    assert _numbers(_match(_phase("1", "Other"), milestones=milestones)) == [None]


def test_two_phases_that_were_renumbered_keep_their_milestones() -> None:
    milestones = [milestone_of(7, "1", "Base"), milestone_of(8, "2", "Core")]
    assert _numbers(_match(_phase("1", "Core"), _phase("2", "Base"), milestones=milestones)) == [8, 7]


def test_the_nameless_phase_of_a_plan_without_phases_is_known_as_well() -> None:
    [found] = _match(make_phase(id=None), milestones=[milestone_of(7, None, "")])
    assert found.number == 7


def test_a_renamed_and_renumbered_phase_is_known_by_most_of_its_tasks() -> None:
    one, two, three = make_task("a"), make_task("b"), make_task("c")
    issues = [issue_of(1, "a", milestone=7), issue_of(2, "b", milestone=7), issue_of(3, "c", milestone=8)]
    matches = [match_of(one, 1, 0), match_of(two, 2, 0), match_of(three, 3, 0), match_of(make_task("d"), None, 0)]
    milestones = [milestone_of(7, "8", "X"), milestone_of(8, "9", "Y")]
    found = _match(_phase("1", "Base", tasks=(one, two, three)), milestones=milestones, issues=issues, matches=matches)
    assert _numbers(found) == [7]


def test_of_two_phases_the_one_with_more_tasks_in_it_gets_the_milestone_and_nobody_gets_it_twice() -> None:
    tasks = [make_task(name) for name in "abc"]
    issues = [issue_of(n, name, milestone=7) for n, name in enumerate("abc", 1)]
    matches = [match_of(task, n, phase) for n, (task, phase) in enumerate(zip(tasks, (0, 1, 1), strict=True), 1)]
    found = _match(
        _phase("1", "P"), _phase("2", "Q"), milestones=[milestone_of(7, "8", "X")], issues=issues, matches=matches
    )
    assert _numbers(found) == [None, 7]


def test_a_task_whose_phase_or_milestone_is_known_already_has_no_vote() -> None:
    issues = [issue_of(1, "a", milestone=7), issue_of(2, "b", milestone=99)]
    matches = [match_of(make_task("a"), 1, 1), match_of(make_task("b"), 2, 1)]
    found = _match(
        _phase("1", "Base"),
        _phase("2", "New"),
        milestones=[milestone_of(7, "1", "Base")],
        issues=issues,
        matches=matches,
    )
    assert _numbers(found) == [7, None]


def test_a_linked_milestone_that_is_gone_is_known_as_gone() -> None:
    [found] = _match(_phase("1", "Base", _link(8)))
    assert (found.number, found.gone) == (None, True)


def test_a_gone_link_of_a_phase_that_is_known_otherwise_is_no_matter() -> None:
    [found] = _match(_phase("1", "Base", _link(8)), milestones=[milestone_of(7, "1", "Base")])
    assert (found.number, found.gone) == (7, False)


def test_a_link_to_another_plans_milestone_proves_nothing() -> None:
    [found] = _match(_phase("1", "Base", _link(8)), milestones=[milestone_of(8, "1", "Base", plan="other")])
    assert (found.number, found.gone, found.stale) == (None, False, _link(8))


def test_a_link_to_a_local_milestone_is_replaced_under_another_tracker() -> None:
    [found] = _match(_phase("1", "Base", _link(8, LOCAL_MILESTONE)), milestones=[milestone_of(7, "1", "Base")])
    assert (found.number, found.gone, found.stale) == (7, False, _link(8, LOCAL_MILESTONE))


@pytest.mark.parametrize("url", ["https://tracker.example/acme/api/milestone/{}", "https://example.org/roadmap"])
def test_a_link_to_something_else_is_left_alone(url: str) -> None:
    [found] = _match(_phase("1", "Base", _link(8, url)))
    assert (found.number, found.gone, found.stale) == (None, False, None)


@pytest.mark.parametrize(("id", "name", "number"), [("1", "Other", 8), ("9", "Base", 8), ("9", "Other", None)])
def test_a_link_to_the_local_tracker_counts_if_id_or_name_agree(id: str, name: str, number: int | None) -> None:
    [found] = _match(
        _phase("1", "Base", _link(8, LOCAL_MILESTONE)), milestones=[milestone_of(8, id, name)], address=LOCAL
    )
    assert found.by_link is (number is not None)
    assert found.gone is False


def test_what_the_tracker_tells_of_a_milestone_comes_along() -> None:
    [found] = _match(_phase("1", "Base"), milestones=[milestone_of(7, "1", "Base", issues=(2, 5))])
    assert (found.url, found.issues) == (MILESTONE.format(7), (2, 5))


def test_a_phase_keeps_the_key_in_its_milestones_marker() -> None:
    [found] = _match(_phase("2", "Base"), milestones=[milestone_of(7, "1", "Base")])
    assert found.key == phase_key(PLAN, "1", "Base", 0)


def test_a_new_phase_never_takes_a_key_that_is_given_already() -> None:
    moved = milestone_of(7, "1", "Base")
    one, two, three = _match(
        _phase("1", "Base", _link(7)), _phase("1", "Base"), _phase("1", "Base"), milestones=[moved]
    )
    assert [m.key for m in (one, two, three)] == [phase_key(PLAN, "1", "Base", n) for n in range(3)]
