"""What is read, what is passed over, and what the hash gate lets pass (spec §2.12, §4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from plansync.errors import TemplateError
from plansync.ports.renderer import Renderer
from tests.support.example import MAP, PLAN
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, kinds, only

OTHER = PLAN.replace("021-parcels", "022-packages").replace("Parcel", "Package")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = fake_world(tmp_path)
    made.write(PLAN)
    yield made
    made.store.close()


def test_a_file_that_is_no_plan_is_passed_over_with_a_word(world: World) -> None:
    world.write("# Minutes\n\nWe met.\n", "plans/minutes.md")
    report = world.sync()
    told = {plan.path: plan.skipped for plan in report.plans}
    assert told == {"plans/minutes.md": "no phases, tasks or risks in it", "plans/plan.md": ""}
    assert not report.failed


def test_a_file_that_cannot_be_read_is_a_problem_and_the_others_go_on(world: World) -> None:
    world.limits = replace(world.limits, plan_bytes=4000)
    world.write(OTHER + "x" * 4000, "plans/large.md")
    report = world.sync()
    codes = {plan.path: [p.code for p in plan.problems] for plan in report.plans}
    assert codes["plans/large.md"] == ["PS102"]
    assert world.number(MAP)
    assert report.failed


def test_a_file_that_is_not_text_is_a_problem_and_left_alone(world: World) -> None:
    file = world.write("", "plans/latin.md")
    file.write_bytes(b"# Implementation Plan: caf\xe9\n\n### Phase 1: x\n")
    report = world.sync()
    found = next(plan for plan in report.plans if plan.path == "plans/latin.md")
    assert [p.code for p in found.problems] == ["PS101"]
    assert file.read_bytes() == b"# Implementation Plan: caf\xe9\n\n### Phase 1: x\n"
    assert world.number(MAP)


def test_nothing_is_removed_while_a_file_cannot_be_read(world: World) -> None:
    world.sync()
    line = next(line for line in world.read().splitlines(keepends=True) if MAP in line)
    world.edit(line, "")
    world.limits = replace(world.limits, plan_bytes=4000)
    world.write("x" * 5000, "plans/large.md")
    assert kinds(world.sync()) == []
    (world.root / "plans/large.md").unlink()
    assert kinds(world.sync()) == ["close_issue"]


def test_a_plan_that_is_named_is_read_though_no_pattern_lists_it(world: World) -> None:
    world.write(OTHER, "drafts/other.md")
    report = world.sync(plans=("drafts/other.md",))
    assert [plan.path for plan in report.plans] == ["drafts/other.md"]
    assert world.number(MAP, "drafts/other.md")
    assert world.read() == PLAN


def test_of_two_plans_whose_paths_differ_by_case_alone_the_one_that_was_synced_goes_on(world: World) -> None:
    world.sync()
    world.write(OTHER, "plans/Plan.md")
    report = world.sync()
    twin, plan = report.plans
    assert [(p.code, p.message) for p in twin.problems] == [
        ("PS108", "plans/Plan.md and plans/plan.md are one path but for the case of letters; this one is left alone")
    ]
    assert (report.failed, plan.unchanged, kinds(report)) == (True, True, [])
    assert world.read("plans/Plan.md") == OTHER
    (world.root / "plans/Plan.md").rename(world.root / "plans/two.md")
    assert not world.sync().failed
    assert world.number(MAP, "plans/two.md")


def test_a_plan_that_is_named_by_other_letters_is_not_taken_twice(world: World) -> None:
    world.sync()
    (report,) = world.sync(plans=("plans/PLAN.md",)).plans
    assert [p.code for p in report.problems] == ["PS108"]


def test_the_gate_opens_when_the_plans_bytes_or_issues_change_and_for_no_other_plans(world: World) -> None:
    world.write(OTHER, "plans/two.md")
    world.sync()
    assert [plan.unchanged for plan in world.sync().plans] == [True, True]
    world.people.comment(world.number(MAP), "Shall we?")
    assert [plan.unchanged for plan in world.sync().plans] == [True, True]
    world.people.rename(world.number(MAP, "plans/two.md"), "Ours")
    assert [plan.unchanged for plan in world.sync().plans] == [True, False]
    assert [plan.unchanged for plan in world.sync().plans] == [True, True]
    world.edit("Parcels are known", "All parcels are known")
    assert [plan.unchanged for plan in world.sync().plans] == [False, True]


def test_the_gate_opens_when_rules_or_limits_of_the_tracker_change(world: World) -> None:
    world.sync()
    world.rules = replace(world.rules, references="live")
    assert not only(world.sync()).unchanged
    assert only(world.sync()).unchanged


def test_the_gate_stays_open_behind_a_change_that_was_refused(tmp_path: Path) -> None:
    tracker = FakeTracker(refuse={5})
    world = fake_world(tmp_path, tracker=tracker)
    world.write(PLAN)
    assert world.sync().failed
    again = only(world.sync())
    assert [change.kind for change in again.changes] == ["create_issue"]
    assert not again.unchanged
    assert only(world.sync()).unchanged
    world.store.close()


def test_a_damaged_region_is_told_as_long_as_it_is_there(world: World) -> None:
    world.sync()
    number = world.number(MAP)
    body = next(issue.body for issue in world.all_issues() if issue.number == number)
    world.people.set_body(number, body * 2)
    for _ in range(3):
        assert "PS508" in [p.code for p in only(world.sync()).problems]


def test_a_plan_that_is_asked_to_be_published_is_read_anew(world: World) -> None:
    world.write(PLAN.replace("**Status:** Draft", "**Status:** On Hold"))
    assert only(world.sync()).skipped
    assert only(world.sync()).skipped
    assert kinds(world.sync(publish=True)).count("create_issue") == 7


class Broken:
    """A renderer whose template cannot be rendered."""

    fingerprint = "broken"

    def render(self, facts: object) -> None:
        raise TemplateError("task.md.j2, line 3: no such name")


def test_a_template_that_cannot_be_rendered_ends_everything(world: World) -> None:
    class World2(World):
        def target(self):  # type: ignore[no-untyped-def]  # as the base says
            renderer: Renderer = Broken()  # type: ignore[assignment]  # raises before it answers
            return replace(super().target(), renderer=renderer)

    broken = World2(**{name: getattr(world, name) for name in World.__dataclass_fields__})
    with pytest.raises(TemplateError):
        broken.sync()
    assert not world.all_issues()


def test_a_narrowed_run_tells_of_the_plans_that_asked_alone(world: World) -> None:
    world.write(OTHER, "plans/two.md")
    world.sync()
    world.write("# Minutes\n\nWe met.\n", "plans/minutes.md")
    assert [plan.unchanged for plan in world.sync().plans] == [False, True, True]
    report = world.sync(plans=("plans/two.md",))
    assert [(plan.path, plan.unchanged) for plan in report.plans] == [("plans/two.md", True)]
