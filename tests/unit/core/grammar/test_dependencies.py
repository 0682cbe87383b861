"""What phases and tasks wait for."""

import pytest

from plansync.core.grammar.dependencies import resolve_phases, task_ids
from tests.support.plan_texts import codes, read

KNOWN = ("1", "2", "3", "4", "2A", "B-1")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Phase 1", ("1",)),
        ("**Phase 1** complete", ("1",)),
        ("Phase 1, Phase 2 complete", ("1", "2")),
        ("Phases 1-4", ("1", "2", "3", "4")),
        ("Phase 1 through Phase 3", ("1", "2", "3")),
        ("Phases 4 to 2", ("2", "3", "4")),
        ("1, 2 and 3", ("1", "2", "3")),
        ("1 complete", ("1",)),
        ("Phases 1, 2, and 2A; B-1", ("1", "2", "2A", "B-1")),
        ("Phase 1 & Phase 2", ("1", "2")),
        ("Phase 1 (phase 2 has a reason)", ("1",)),
        ("[Phase 3](#phase-3) first", ("3",)),
        ("None", ()),
        ("None (can start at once)", ()),
        ("—", ()),
        ("{what must be done first}", ()),
        ("3 engineers", ()),
        ("the API v2 of another team", ()),
        ("", ()),
    ],
)
def test_phases_are_found_in_prose(text: str, found: tuple[str, ...]) -> None:
    assert resolve_phases(text, KNOWN) == (found, ())


@pytest.mark.parametrize(
    ("text", "found", "unknown"),
    [("Phase 9", (), ("9",)), ("Phases 1-9", ("1",), ("9",)), ("1, 8", ("1",), ("8",))],
)
def test_phases_that_are_not_there_are_named(text: str, found: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    assert resolve_phases(text, KNOWN) == (found, unknown)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("T001", ("T001",)),
        ("T001, T002 and T001", ("T001", "T002")),
        ("`T001`; 1.2 (for a reason)", ("T001", "1.2")),
        ("None", ()),
        ("none yet", ()),
        ("—", ()),
        ("", ()),
    ],
)
def test_task_ids_are_kept_as_written(text: str, ids: tuple[str, ...]) -> None:
    assert task_ids(text) == ids


PHASE = "### Phase {}: x\n- **Dependencies:** {}\n- **Tasks:**\n  - a\n"


def phases(*depends_on: str) -> str:
    return "## Phases\n" + "".join(PHASE.format(at, on) for at, on in enumerate(depends_on, 1))


def test_an_unknown_phase_is_a_problem_and_no_dependency() -> None:
    plan = read(phases("None", "Phases 1 and 7"))
    assert [phase.depends_on for phase in plan.phases] == [(), ("1",)]
    assert codes(plan) == ["PS203"]


def test_a_phase_does_not_wait_for_itself() -> None:
    assert read(phases("Phases 1-2", "None")).phases[0].depends_on == ("2",)


def test_a_cycle_of_phases_is_a_problem_that_names_it() -> None:
    plan = read(phases("Phase 3", "Phase 1", "Phase 2", "Phase 3"))
    (problem,) = [problem for problem in plan.problems if problem.code == "PS205"]
    assert "1 → 3 → 2 → 1" in problem.message


def test_a_diamond_is_no_cycle() -> None:
    assert codes(read(phases("None", "Phase 1", "Phase 1", "Phases 2, 3"))) == []
