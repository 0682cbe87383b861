"""The loss guard: signs that part of a plan is hidden or doubled."""

import pytest

from plansync.core.confirm import EditedPlan, edit_plan
from plansync.core.parser import parse_plan
from plansync.core.sheets import Sheet
from plansync.core.writeback import IssueLink, ItemMark, PlanMarks
from tests.support.plan_texts import codes, read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```\nnever closed\n", "PS401"),
        ("- ```\n  never closed\n\ntext\n", "PS401"),
        ("```\n### Phase 1: x\n```\n", "PS402"),
        ("~~~\r\n## 1. Phase 2 — y ##\r\n~~~\r\n", "PS402"),
        ("## Risks\n\n## 7. Risks\n", "PS403"),
        ("## Notes\n\n## **Notes**\n", "PS403"),
    ],
)
def test_guards_the_plan(text: str, code: str) -> None:
    plan = read(text)
    assert codes(plan) == [code]
    assert plan.guarded


@pytest.mark.parametrize(
    "text",
    [
        "```\nclosed\n```\n",
        "```\n# comment\n## Tasks\n###Phase 1: x\n```\n",
        "    ### Phase 1: x\n",
        "## Risks\n\n### Risks\n",
        "## Phase 1: x\n- a\n\n## Phase 2: x\n- b\n",
        "## \n\n## \n",
    ],
)
def test_does_not_cry_wolf(text: str) -> None:
    plan = read(text)
    assert codes(plan) == []
    assert not plan.guarded


URL = "https://git.example.com/acme/web/issues"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"Task 2: Pay ([#1]({URL}/1))", f"Task 2: Pay ([#2]({URL}/2))"),
        (f"Task 2: Pay ([#1]({URL}/1))", "Task 2: Pay"),
        (f"Task 2: Pay (by card) ([#1]({URL}/1))", "Task 2: Pay"),
        (f"Task 2: Pay (by card) ([#1]({URL}/1))", f"**Task 2: Pay (in cash) ([#2]({URL}/2))**"),
        (f"[#1]({URL}/1): Task 2: Pay", f"**Task 2: Pay** [#2<!-- -->]({URL}/2)"),
    ],
)
def test_a_link_to_an_issue_is_no_part_of_a_name(first: str, second: str) -> None:
    (problem,) = [problem for problem in read(f"## {first}\n\n## {second}\n").problems if problem.guards]
    assert (problem.code, problem.line) == ("PS403", 3)
    assert URL not in problem.message


def test_equal_headings_that_are_tasks_get_their_links_and_stay_guarded() -> None:
    text = b"# Implementation Plan: Shop\n\n## Task 1: Pay\n\n- a\n\n## Task 1: Pay\n\n- b\n"
    plan = parse_plan(text)
    marks = tuple(ItemMark(item=item, link=IssueLink(at, f"{URL}/{at}")) for at, item in enumerate(plan.items, 1))
    assert len(marks) == 2
    edited = edit_plan((Sheet("", text),), plan, PlanMarks(items=marks), parse_plan)
    assert isinstance(edited, EditedPlan), edited
    assert edited.sheets[0].data.count(URL.encode()) == 2
    assert parse_plan(edited.sheets[0].data).guarded


def test_names_the_first_of_two_sections() -> None:
    (problem,) = [problem for problem in read("## Risks\n\n## Risks\n").problems if problem.code == "PS403"]
    assert (problem.line, problem.message) == (3, "the section 'Risks' stands on line 1, too")


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "a\n\n~~~python 3\nb\nc\n",
            ["the code fence '~~~python' that opens on line 3 is never closed: the 2 lines below it count as code"],
        ),
        (
            "- a\r\n  ````\r\n  b\r\n\r\n  ## Phase 3: Roof ##\r\n",
            [
                "the code fence '````' that opens on line 2 is never closed: the 3 lines below it count as code",
                "the code fence '````' that opens on line 2 holds the phase heading 'Phase 3: Roof' of line 5",
            ],
        ),
    ],
)
def test_says_which_fence_and_what_is_in_it(text: str, messages: list[str]) -> None:
    found = [problem for problem in read(text).problems if problem.guards]
    assert [problem.message for problem in found] == messages
