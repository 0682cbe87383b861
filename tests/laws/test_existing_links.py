"""Plans that have issues already: links, bare numbers, and tools that make links plain (spec §3.1, §3.5, §5)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from plansync.core.observed import ObservedIssue
from tests.support.example import MAP, PLAN, SEND, TITLES
from tests.support.world import World, kinds, only

_FULL = re.compile(r"\(\[#(\d+)\]\([^)]*/issues/\d+\)\)")
RISK = "Messages annoy customers"
QUESTION = "Which carriers come after the first?"

IN_FORMS = {
    "heading": "# Plan: P\n\n**Status:** Draft\n\n## Phase 1: One\n\n#### Task 1.1: {}\n\nWords.\n\n#### Task 1.2: Else\n",
    "cell": "# Plan: P\n\n**Status:** Draft\n\n## Phase 1: One\n\n**Tasks:**\n\n| Task | Size |\n| --- | --- |\n| {} | S |\n",
    "block": "# Plan: P\n\n**Status:** Draft\n\n<!-- TASK:BEGIN id=T001 -->\n### T001: {}\n**Metadata:**\n- **Size:** S\n"
    "<!-- TASK:END -->\n",
    "list": "# Plan: P\n\n**Status:** Draft\n\n## Phase 1: One\n\n- **Tasks:**\n  1. {}\n",
    "wrapped": "# Plan: P\n\n**Status:** Draft\n\n## Phase 1: One\n\n- [ ] Before\n- [ ] Lay the\n  pipe in {}  \n- [ ] After\n",
    "risk item": "# Plan: P\n\n**Status:** Draft\n\n## Risks\n\n- **Risk:** {}\n  - **Impact:** High\n",
    "risk": "# Plan: P\n\n**Status:** Draft\n\n## Risks\n\n| Risk | Impact |\n| --- | --- |\n| {} | H |\n",
}


def _issue(world: World, number: int) -> ObservedIssue:
    return next(issue for issue in world.all_issues() if issue.number == number)


def _assert_quiet(world: World) -> None:
    before, writes = world.read(), world.tracker.traffic.writes
    report = world.sync()
    assert not report.failed
    assert kinds(report) == []
    assert not only(report).diff
    assert (world.read(), world.tracker.traffic.writes) == (before, writes)


def _link(world: World, number: int) -> str:
    return f"[#{number}]({world.tracker.address.issues}{number})"


@pytest.fixture
def configured(world: World) -> World:
    """A world where bare numbers are links."""
    world.rules = replace(world.rules, bare_links=True, questions=True)
    return world


@pytest.mark.parametrize("tail", [" (#{})", " #{}"])
def test_a_bare_number_is_adopted_and_becomes_the_link_by_one_splice(configured: World, tail: str) -> None:
    number = configured.people.create_issue(TITLES[4], "We wrote this in May.\n")
    written = PLAN.replace(TITLES[4], TITLES[4] + tail.format(number))
    configured.write(written)
    report = configured.sync()
    assert not report.failed
    assert kinds(report).count("create_issue") == 7
    issue = _issue(configured, number)
    assert issue.title == TITLES[4]
    assert issue.body.startswith("We wrote this in May.\n\n<!-- plansync:v1 ")
    line = next(line for line in configured.read().splitlines() if MAP in line)
    assert line == f"  - [ ] {TITLES[4]} ({_link(configured, number)})"
    _assert_quiet(configured)


def test_without_the_option_a_number_is_a_part_of_the_title(world: World) -> None:
    number = world.people.create_issue(TITLES[4], "We wrote this in May.\n")
    world.write(PLAN.replace(TITLES[4], f"{TITLES[4]} (#{number})"))
    assert kinds(world.sync()).count("create_issue") == 7
    assert _issue(world, number).body.strip() == "We wrote this in May."
    assert f"{TITLES[4]} (#{number})" in {issue.title.replace("\u200b", "") for issue in world.all_issues()}
    _assert_quiet(world)


def test_a_plain_link_is_written_again_once_and_then_left_to_the_tool_that_makes_it_plain(world: World) -> None:
    world.write(PLAN)
    world.sync()
    titles, full = {issue.title for issue in world.all_issues()}, world.read()
    plain = _FULL.sub(r"(#\1)", full)
    assert plain != full
    world.write(plain)
    report = world.sync()
    assert (report.failed, kinds(report), world.read()) == (False, [], full)
    _assert_quiet(world)
    for _ in range(3):
        world.write(plain)
        assert kinds(world.sync()) == []
        assert world.read() == plain
        _assert_quiet(world)
    assert {issue.title for issue in world.all_issues()} == titles


def test_a_link_that_outlived_an_edit_of_others_is_written_again_when_it_is_plain_later(world: World) -> None:
    world.write(PLAN)
    world.sync()
    full = world.read()
    world.write(_FULL.sub(r"(#\1)", full))
    world.sync()
    assert world.read() == full
    world.edit("- **Deliverable:** A customer sees", "- **Deliverable:** Every customer sees")
    world.sync()
    edited = world.read()
    world.write(_FULL.sub(r"(#\1)", edited))
    world.sync()
    assert world.read() == edited


def test_a_plan_that_stays_plain_is_kept_in_step_both_ways(world: World) -> None:
    world.write(PLAN)
    world.sync()
    number = world.number(SEND)
    plain = _FULL.sub(r"(#\1)", world.read())
    for _ in range(2):
        world.write(plain)
        world.sync()
    assert world.read() == plain
    world.edit(f"- [ ] {SEND}", f"- [x] {SEND}")
    assert kinds(world.sync()) == ["close_issue"]
    world.edit(f"- [x] {SEND}", f"- [ ] {SEND}")
    assert kinds(world.sync()) == ["reopen_issue"]
    world.people.close(number)
    world.sync()
    assert f"- [x] {SEND}" in world.read()
    world.edit("on every change of state", "on each change of state")
    assert kinds(world.sync()) == []
    world.edit(f"- [x] {SEND}", f"- [ ] {SEND}")
    assert "reopen_issue" in kinds(world.sync())
    assert _issue(world, number).title == "Send a message on each change of state"
    _assert_quiet(world)


def test_a_plain_plan_without_its_store_is_known_by_its_numbers(world: World) -> None:
    world.write(PLAN)
    world.sync()
    full = world.read()
    world.write(_FULL.sub(r"(#\1)", full))
    world.forget()
    report = world.sync()
    assert kinds(report) == []
    assert world.read() == full


def test_a_number_in_another_text_claims_no_issue_of_the_plan(world: World) -> None:
    world.write(PLAN)
    world.sync()
    number = world.number(MAP)
    world.edit("- [ ] Store parcels", f"- [ ] Print the labels once more (#{number})\n  - [ ] Store parcels")
    assert kinds(world.sync()) == ["create_issue"]
    assert world.number(MAP) == number
    _assert_quiet(world)


@pytest.mark.parametrize("form", IN_FORMS)
def test_a_bare_number_is_adopted_in_every_form_of_item(configured: World, form: str) -> None:
    title = "the hall"
    whole = "Lay the pipe in the hall" if form == "wrapped" else title
    number = configured.people.create_issue(whole, "Ours.\n")
    configured.write(IN_FORMS[form].format(f"{title} (#{number})"))
    report = configured.sync()
    assert not report.failed
    assert "plansync:v1" in _issue(configured, number).body
    assert f"{title} ({_link(configured, number)})" in configured.read()
    assert _issue(configured, number).title == whole
    _assert_quiet(configured)


@pytest.mark.parametrize("form", IN_FORMS)
def test_a_link_is_adopted_in_every_form_of_item(world: World, form: str) -> None:
    title = "the hall"
    whole = "Lay the pipe in the hall" if form == "wrapped" else title
    number = world.people.create_issue(whole, "Ours.\n")
    world.write(IN_FORMS[form].format(f"{title} ({_link(world, number)})"))
    before = world.read()
    report = world.sync()
    assert not report.failed
    assert "plansync:v1" in _issue(world, number).body
    assert before.count("[#") == sum(f"[#{number}]" in line for line in world.read().splitlines())
    _assert_quiet(world)


@pytest.mark.parametrize("value", ["#{}", "(#{})"])
def test_the_issue_of_a_task_block_may_be_a_bare_number(configured: World, value: str) -> None:
    number = configured.people.create_issue("Lay the pipe", "Ours.\n")
    block = IN_FORMS["block"].format("Lay the pipe").replace("- **Size:** S", f"- **Issue:** {value}\n- **Size:** S")
    configured.write(block.format(number))
    report = configured.sync()
    assert not report.failed
    assert "plansync:v1" in _issue(configured, number).body
    written = value.format(number).replace(f"#{number}", _link(configured, number))
    assert f"- **Issue:** {written}\n" in configured.read()
    assert configured.read().count("**Issue:**") == 1
    _assert_quiet(configured)


ISSUE_COLUMNS = {
    "task": "# Plan: P\n\n**Status:** Draft\n\n## Phase 1: One\n\n**Tasks:**\n\n| Task | Issue |\n| --- | --- |\n"
    "| Lay the pipe | {} |\n| Fit the tap | |\n",
    "risk": "# Plan: P\n\n**Status:** Draft\n\n## Risks\n\n| Issue | Risk | Impact |\n| --- | --- | --- |\n"
    "| {} | Lay the pipe | H |\n|  | It rusts | L |\n",
}


@pytest.mark.parametrize("written", ["link", "#{}", "(#{})"])
@pytest.mark.parametrize("table", ISSUE_COLUMNS)
def test_the_column_issue_of_a_table_names_the_rows_issue(configured: World, table: str, written: str) -> None:
    number = configured.people.create_issue("Lay the pipe", "Ours.\n")
    link = _link(configured, number)
    configured.write(ISSUE_COLUMNS[table].format(link if written == "link" else written.format(number)))
    report = configured.sync()
    assert not report.failed
    assert kinds(report).count("create_issue") == 1
    assert "plansync:v1" in _issue(configured, number).body
    assert configured.read().count(link) == 1
    assert f"| {'(' + link + ')' if written[0] == '(' else link} |" in configured.read()
    _assert_quiet(configured)


def test_risks_and_questions_are_adopted_by_their_numbers(configured: World) -> None:
    risk = configured.people.create_issue(RISK, "")
    question = configured.people.create_issue(QUESTION, "")
    configured.write(PLAN.replace(RISK, f"{RISK} (#{risk})").replace(QUESTION, f"{QUESTION} (#{question})"))
    report = configured.sync()
    assert not report.failed
    assert kinds(report).count("create_issue") == 6
    assert f"| {RISK} ({_link(configured, risk)}) |" in configured.read()
    assert f"- {QUESTION} ({_link(configured, question)})" in configured.read()
    _assert_quiet(configured)


def test_a_number_that_no_issue_has_is_a_problem_and_nothing_is_opened(configured: World) -> None:
    configured.write(PLAN.replace(TITLES[4], f"{TITLES[4]} (#399)"))
    report = configured.sync()
    is_local = configured.tracker.address.kind == "local"
    assert kinds(report).count("create_issue") == (8 if is_local else 7)
    assert ("PS502" in {problem.code for problem in only(report).problems}) is not is_local
    _assert_quiet(configured)
