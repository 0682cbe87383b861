"""From files of a source to plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plansync.app.lint import lint_plans
from plansync.app.shelf import PlanText, Shelf
from plansync.core.parser import parse_plan
from plansync.ports.source import Content, Unreadable
from tests.support.two_files import PLAN, PLAN_TEXT, TASKS, TASKS_TEXT, TOGETHER

BOTH = (PLAN, TASKS)


@dataclass
class Files:
    """A source that is read, and nothing else."""

    files: Mapping[str, str] = field(default_factory=lambda: {PLAN: PLAN_TEXT, TASKS: TASKS_TEXT})
    uid: str = "folder:/work"

    def list(self) -> Sequence[str]:
        return sorted(self.files)

    def read(self, path: str) -> Content | Unreadable:
        text = self.files.get(path)
        return (
            Unreadable(path, "PS103", "the file does not exist") if text is None else Content(path, text.encode(), "")
        )


def shelf(**files: Any) -> Shelf:
    source: Any = Files(**files)
    return Shelf(source, TOGETHER)


def test_a_shelf_holds_plans_by_their_main_file() -> None:
    assert shelf().plans() == {PLAN: BOTH}
    assert shelf().plans(("notes/plan.md", TASKS)) == {PLAN: BOTH, "notes/plan.md": ("notes/plan.md",)}


def test_a_plan_is_read_from_all_its_files() -> None:
    text = shelf().read(BOTH)
    assert isinstance(text, PlanText)
    assert (text.path, text.paths) == (PLAN, BOTH)
    assert [sheet.name for sheet in text.sheets] == ["plan.md", "tasks.md"]
    assert len(text.read(parse_plan).items) == 5


def test_a_plan_of_one_file_has_the_digest_that_it_always_had() -> None:
    one = shelf().read((TASKS,))
    assert isinstance(one, PlanText)
    assert [sheet.name for sheet in one.sheets] == [""]
    both = shelf().read(BOTH)
    assert isinstance(both, PlanText)
    assert both.digest != one.digest


def test_without_one_of_its_files_there_is_no_plan() -> None:
    assert shelf(files={PLAN: PLAN_TEXT}).read(BOTH) == Unreadable(TASKS, "PS103", "the file does not exist")


def test_what_can_be_read_of_a_plan_is_linted_all_the_same() -> None:
    first, second = lint_plans([shelf(files={TASKS: TASKS_TEXT}).read_each(BOTH)], parse_plan)
    assert (first.file, [found.code for found in first.problems]) == (PLAN, ["PS103"])
    assert (second.file, second.tasks, [found.code for found in second.problems]) == (TASKS, 4, ["PS104"])


def test_one_feature_id_in_both_files_of_a_plan_is_no_clash() -> None:
    head = "# Shop\n\n**Feature ID:** 001-shop\n**Status:** Draft\n\n"
    reports = lint_plans([shelf(files={PLAN: head, TASKS: head + TASKS_TEXT}).read_each(BOTH)], parse_plan)
    assert [report.problems for report in reports] == [(), ()]
    assert [report.feature_id for report in reports] == ["001-shop", None]


def test_each_problem_is_told_of_the_file_that_it_is_in() -> None:
    files = {PLAN: PLAN_TEXT.replace("Draft", "Draft or Done"), TASKS: TASKS_TEXT.replace("[ ] T003", "[?] T003")}
    reports = lint_plans([shelf(files=files).read_each(BOTH)], parse_plan)
    assert [[(found.code, found.file) for found in report.problems] for report in reports] == [
        [("PS701", "")],
        [("PS202", "")],
    ]
