"""An issue of the plan as a whole that its author names in front matter: adopted as its tracking issue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from plansync.core.observed import ObservedIssue
from plansync.core.relations import hierarchy_of
from plansync.core.rules import Rules
from tests.support.world import World, kinds, only

ON = Rules(tracking_issue=True)
PLAN = """---
name: water
{key}: {value}
---

# Water

**Status:** Draft

## Phase 1: Pipes

- [ ] Lay the pipe
- [ ] Fit the tap
"""


def _issue(world: World, number: int) -> ObservedIssue:
    return next(issue for issue in world.all_issues() if issue.number == number)


def _begin(world: World, key: str = "github", rules: Rules = ON, value: str = "") -> int:
    world.rules = rules
    number = world.people.create_issue("Water", "All about water.\n")
    world.write(PLAN.format(key=key, value=value.format(number) or f"{world.tracker.address.issues}{number}"))
    report = world.sync()
    assert not report.failed, report
    return number


def _assert_quiet(world: World) -> None:
    writes = world.tracker.traffic.writes
    report = world.sync()
    assert not report.failed
    assert kinds(report) == []
    assert world.tracker.traffic.writes == writes
    assert only(report).unchanged


@pytest.mark.parametrize("key", ["github", "gitlab", "issue"])
def test_it_is_adopted_below_the_author_s_text_and_has_the_tasks_below_it(world: World, key: str) -> None:
    number = _begin(world, key)
    issue = _issue(world, number)
    assert issue.title == "Water"
    assert issue.body.startswith("All about water.\n\n<!-- plansync:v1 ")
    assert {"plansync", "plan"} <= issue.labels
    kind = hierarchy_of(world.tracker.capabilities)
    assert kind is not None
    titles = {i.title for i in world.all_issues() if i.number in world.tracker.relations(kind, number)}
    assert titles == {"Lay the pipe", "Fit the tap"}
    assert len([i for i in world.all_issues() if "plan" in i.labels]) == 1
    _assert_quiet(world)


def test_it_keeps_its_title_and_is_neither_closed_nor_reopened(world: World) -> None:
    number = _begin(world)
    world.people.rename(number, "Water, and all that")
    assert kinds(world.sync()) == []
    _assert_quiet(world)
    world.write(world.read().replace("- [ ]", "- [x]"))
    assert "close_issue" in kinds(world.sync())
    assert _issue(world, number).closed is None
    assert _issue(world, number).title == "Water, and all that"
    world.people.close(number)
    world.write(world.read() + "- [ ] Test the lot\n")
    world.sync()
    assert _issue(world, number).closed is not None
    world.sync()
    _assert_quiet(world)


def test_without_the_option_it_is_left_alone(world: World) -> None:
    number = _begin(world, rules=Rules())
    assert _issue(world, number).body.strip() == "All about water."
    assert len(world.all_issues()) == 3
    _assert_quiet(world)


def test_it_stays_the_plan_s_when_the_store_is_lost_or_the_name_taken_out(world: World) -> None:
    number = _begin(world)
    world.forget()
    assert kinds(world.sync()) == []
    world.edit(f"github: {world.tracker.address.issues}{number}\n", "")
    assert kinds(world.sync()) == []
    assert len([i for i in world.all_issues() if "plan" in i.labels]) == 1
    _assert_quiet(world)


def test_of_two_plans_that_name_it_the_first_has_it(world: World) -> None:
    number = _begin(world)
    named = f"{world.tracker.address.issues}{number}"
    world.write(PLAN.format(key="github", value=named).replace("the", "another"), "plans/second.md")
    report = world.sync()
    is_local = world.tracker.address.kind == "local"  # there its address alone is no evidence
    assert kinds(report).count("create_issue") == 2 + is_local
    codes = [[problem.code for problem in plan.problems if problem.code == "PS501"] for plan in report.plans]
    assert codes == [[], [] if is_local else ["PS501"]]
    assert _issue(world, number).body.count("plan=plans%2Fplan.md") == 1
    assert kinds(world.sync()) == []


def test_no_task_has_it(world: World) -> None:
    world.rules = ON
    number = world.people.create_issue("Water", "All about water.\n")
    url = f"{world.tracker.address.issues}{number}"
    plan = PLAN.format(key="github", value=url)
    world.write(plan.replace("- [ ] Fit the tap", f"- [ ] Fit the tap ([#{number}]({url}))"))
    assert kinds(world.sync()).count("create_issue") == 2
    assert _issue(world, number).title == "Water"
    assert "Fit the tap" in world.issues()
    _assert_quiet(world)


def test_one_in_another_project_is_tracked_there(world: World) -> None:
    world.rules = ON
    world.write(PLAN.format(key="issue", value="https://other.example/acme/water/issues/5"))
    assert kinds(world.sync()).count("create_issue") == 2
    _assert_quiet(world)


def test_one_that_is_gone_is_a_problem_and_none_is_opened(world: World) -> None:
    number = _begin(world)
    before = len(world.all_issues())
    world.people.delete(number)
    world.clock.advance(timedelta(days=2))  # hosts are asked for what was deleted once a day
    report = world.sync()
    assert "create_issue" not in kinds(report)
    assert {p.code for p in only(report).problems} & {"PS502", "PS510"}
    assert len(world.all_issues()) == before - 1


def test_a_bare_number_names_it_where_that_is_configured(world: World) -> None:
    number = _begin(world, "issue", replace(ON, bare_links=True), "'#{}'")
    assert "plansync:v1" in _issue(world, number).body
    _assert_quiet(world)
