"""What a plan of several files is made of."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from plansync.core.joining import join_plans, read_sheets
from plansync.core.model import Plan
from plansync.core.parser import parse_plan
from plansync.core.problems import problem
from plansync.core.sheets import Sheet
from plansync.core.text import Span
from tests.support.plan_values import make_phase, make_plan, make_task
from tests.support.two_files import PLAN_TEXT, TASKS_TEXT

BOXES = "## Phase 1: Build\n\n- [ ] Lay the floor\n- [ ] Raise the walls\n"
PROSE = "## Phase 0: Think\n\n1. Read a lot\n2. Ask around\n"


def read(*texts: str) -> Plan:
    """Return the plan of files that are called ``1.md``, ``2.md`` …"""
    return read_sheets([Sheet(f"{at}.md", text.encode()) for at, text in enumerate(texts, 1)], parse_plan)


def codes(plan: Plan) -> list[tuple[str, str]]:
    """Return where Problems are, and which."""
    return [(found.file, found.code) for found in plan.problems]


def test_a_plan_of_one_file_is_what_the_reader_makes_of_it() -> None:
    assert read_sheets([Sheet("", PLAN_TEXT.encode())], parse_plan) == parse_plan(PLAN_TEXT.encode())


def test_header_and_risks_come_from_one_file_and_tasks_from_the_other() -> None:
    plan = read(PLAN_TEXT, TASKS_TEXT)
    assert (plan.title, plan.status.raw if plan.status else "", plan.files) == (
        "Shop search",
        "Draft",
        ("1.md", "2.md"),
    )
    assert [(phase.heading, phase.file) for phase in plan.phases] == [
        ("Phase 1: Setup", "2.md"),
        ("Phase 2: Search", "2.md"),
    ]
    assert [(task.id, task.file) for task in plan.tasks] == [(f"T00{n}", "2.md") for n in range(1, 5)]
    assert [(risk.text, risk.file) for risk in plan.risks] == [("The index grows", "1.md")]


def test_offsets_are_those_of_all_files_and_lines_those_of_the_file() -> None:
    plan, alone = read(PLAN_TEXT, TASKS_TEXT), parse_plan(TASKS_TEXT.encode())
    begin = len(PLAN_TEXT.encode()) + 1
    joined = f"{PLAN_TEXT}\n{TASKS_TEXT}".encode()
    for task, single in zip(plan.tasks, alone.tasks, strict=True):
        assert task.span.of(joined) == single.span.of(TASKS_TEXT.encode())
        assert task.link_site.offset == single.link_site.offset + begin
        assert (task.line, task.column) == (single.line, single.column)


def test_a_fence_that_is_not_closed_ends_with_its_file() -> None:
    plan = read(f"# A\n\n**Status:** Draft\n\n```\n{PROSE}", BOXES)
    assert len(plan.tasks) == 2
    assert ("1.md", "PS401") in codes(plan)
    assert plan.guarded


@pytest.mark.parametrize(
    ("texts", "tasks"),
    [
        ((PROSE, BOXES), "2.md 2.md"),
        ((BOXES, PROSE), "1.md 1.md"),
        ((BOXES, BOXES), "1.md 1.md 2.md 2.md"),
        ((PROSE, PROSE), "1.md 1.md 2.md 2.md"),
        ((PROSE, "# Notes\n"), "1.md 1.md"),
        ((PROSE.replace("around", "around ([#4](https://x.example/a/b/issues/4))"), BOXES), "1.md 1.md 2.md 2.md"),
        ((PROSE.replace("around", "around (#4)"), BOXES), "1.md 1.md 2.md 2.md"),
        ((PROSE.replace("1. ", "1. T001 "), BOXES), "1.md 1.md 2.md 2.md"),
    ],
    ids=["prose first", "prose last", "boxes", "prose", "none", "linked", "made plain", "with ids"],
)
def test_tasks_come_from_the_files_whose_tasks_are_marked(texts: tuple[str, str], tasks: str) -> None:
    assert " ".join(task.file for task in read(*texts).tasks) == tasks


def test_phases_without_tasks_count_once_where_there_are_no_tasks_at_all() -> None:
    assert [phase.file for phase in read("## Phase 1: A\n", "## Phase 1: A\n").phases] == ["1.md"]


@pytest.mark.parametrize("status", ["**Status:** Planned\n", "---\nstatus: Planned\n---\n"])
def test_the_status_is_the_first_files_that_has_one(status: str) -> None:
    plan = read("# A\n\nWords.\n", f"{status}\n# B\n\n**Status:** Planned\n" if "---" in status else f"# B\n\n{status}")
    assert plan.status is not None
    assert (plan.status.raw, plan.status.file, plan.title) == ("Planned", "2.md", "A")
    assert (plan.front_matter_status is not None) is ("---" in status)
    assert "PS104" not in [code for _, code in codes(plan)]


def test_what_no_file_has_is_a_problem_of_the_main_file_alone() -> None:
    assert codes(read("Words.\n", "More words.\n")) == [("1.md", "PS104"), ("1.md", "PS106"), ("1.md", "PS208")]


def test_what_one_file_has_is_no_problem_of_another() -> None:
    assert codes(read(f"# A\n\n{BOXES}", "**Status:** Draft\n")) == []
    assert codes(read("# A\n\n**Status:** Draft\n", BOXES)) == []


def test_ids_are_those_of_the_whole_plan() -> None:
    first = "## Phase 1: A\n\n- [ ] T001 One\n"
    twice = read(first, first)
    assert [(found.file, found.message) for found in twice.problems if found.code == "PS204"] == [
        ("2.md", "the task id T001 occurs 2 times")
    ]
    assert "PS204" not in [code for _, code in codes(read(first, first.replace("T001", "T002")))]


def test_dependencies_on_tasks_of_another_file_are_there() -> None:
    missing = problem("PS203", 1, 1, "task 'T2' depends on T1, which is not there")
    needs = make_task("b", at=10, id="T2", depends_on=("T1",), file="2.md")
    other = make_plan(make_phase(needs, file="2.md"), files=("2.md",), problems=(replace(missing, file="2.md"),))
    first = make_plan(make_phase(make_task("a", id="T1", file="1.md"), file="1.md"), files=("1.md",))
    assert join_plans([first, other]).problems == ()
    assert join_plans([make_plan(files=("1.md",)), other]).problems == other.problems


def test_parts_that_problems_hold_up_are_counted_in_the_whole_plan() -> None:
    broken = replace(problem("PS105", 1, 1, "", part="phase 0"), file="2.md")
    second = make_plan(make_phase(make_task("b", id="T1")), files=("2.md",), problems=(broken,))
    first = make_plan(make_phase(make_task("a", id="T2")), files=("1.md",))
    assert join_plans([first, second]).broken_parts == {"phase 1"}
    unmarked = replace(second, phases=(make_phase(make_task("b")),))
    assert join_plans([first, unmarked]).broken_parts == frozenset()


def test_an_ignored_main_file_takes_the_plan_out_and_another_only_itself() -> None:
    ignored = "---\nplansync: false\n---\n"
    assert read(f"{ignored}# A\n", BOXES).ignored
    plan = read(f"# A\n\n{BOXES}", f"{ignored}{BOXES}\n## Open Questions\n\n- Why?\n")
    assert not plan.ignored
    assert [phase.ignored for phase in plan.phases] == [False, True]
    assert [question.ignored for question in plan.questions] == [True]


def test_sections_say_which_file_they_stand_in() -> None:
    plan = read("# A\n\n## Notes\n\nx\n", "# B\n\n## More\n\ny\n")
    assert [(section.name, section.file) for section in plan.sections] == [("Notes", "1.md"), ("More", "2.md")]


def test_a_section_of_the_template_is_the_first_that_says_anything() -> None:
    architecture = "## Architecture Overview\n\n### High-Level Design\n\nBoxes and arrows.\n"
    assert read("# A\n", f"# B\n\n{architecture}").architecture.design == "Boxes and arrows."
    assert read("# A\n", "# B\n").architecture.design == ""


def test_no_two_items_share_a_span() -> None:
    spans = [item.span for item in read(BOXES, BOXES).items]
    assert len(set(spans)) == 4
    assert Span(0, 0) not in spans


def test_loose_links_say_which_file_they_stand_in() -> None:
    lost = b"# T\n\n### Phase 1: S\n\n- [ ] a\n  - [ ] b ([#2](https://h.example/acme/web/issues/2))\n"
    plan = read_sheets((Sheet("plan.md", b"# P\n\n**Status:** Draft\n"), Sheet("tasks.md", lost)), parse_plan)
    assert [(link.file, link.line) for link in plan.loose_links] == [("tasks.md", 6)]


def test_no_field_of_a_plan_is_forgotten() -> None:
    """What is new in a plan has to be joined as well: then name it here."""
    main_alone = {"title_line", "status_site", "ignored"}
    joined = {
        "title", "feature_id", "spec", "created", "repos", "issue", "header", "status", "front_matter_status",
        "architecture", "components", "entities", "data_flow", "endpoints", "phases", "testing", "risks", "questions",
        "sections", "loose_links", "files", "problems",
    }  # fmt: skip
    assert {field.name for field in fields(Plan)} == main_alone | joined
