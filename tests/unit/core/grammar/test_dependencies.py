"""What phases and tasks wait for."""

import pytest

from plansync.core.grammar.dependencies import resolve_phases, resolve_tasks, task_ids
from plansync.core.model import Plan
from tests.support.plan_texts import codes, read, read_phase

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
        ("1.", ("1",)),
        ("Phases 1–3 and 2A", ("1", "2", "3", "2A")),
        ("1..3 / 4", ("1", "2", "3", "4")),
        ("Sprint 1; Sprint 2", ("1", "2")),
        ("Etap 1, aşama 2", ("1", "2")),
        ("フェイズ 1, giai đoạn 2", ("1", "2")),
        ("Phasen 1 bis 3 und 4", ("1", "2", "3", "4")),
        ("Phase 1 abgeschlossen", ("1",)),
        ("Fases 1 a 3", ("1", "2", "3")),
        ("Fase 1 y Fase 2", ("1", "2")),
        ("Etapas 1 e 2", ("1", "2")),
        ("Étapes 1 à 2 et 4", ("1", "2", "4")),
        ("Фазы 1 и 2", ("1", "2")),
        ("Этапы 2 до 3", ("2", "3")),
        ("阶段 1、2 和 4", ("1", "2", "4")),
        ("第一阶段，第 2 阶段（先做）", ("1", "2")),
        ("阶段一、阶段二", ("1", "2")),
        ("フェーズ1", ("1",)),
        ("None", ()),
        ("None (can start at once)", ()),
        ("Keine", ()),
        ("Ninguna.", ()),
        ("Нет", ()),
        ("无", ()),
        ("all previous phases", ()),
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
    ("text", "found"),
    [
        ("All previous phases", ("1", "2", "3")),
        ("all of the earlier phases (but not the docs)", ("1", "2", "3")),
        ("Alle vorherigen Phasen", ("1", "2", "3")),
        ("todas las fases anteriores", ("1", "2", "3")),
        ("toutes les phases précédentes", ("1", "2", "3")),
        ("все предыдущие этапы", ("1", "2", "3")),
        ("所有之前的阶段", ("1", "2", "3")),
        ("Previous phase", ("3",)),
        ("fase anterior", ("3",)),
        ("上一阶段", ("3",)),
        ("Phase 1", ("1",)),
    ],
)
def test_those_above_may_be_meant(text: str, found: tuple[str, ...]) -> None:
    assert resolve_phases(text, KNOWN, 3) == (found, ())


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
        ("Tasks 1.1, 1.2 and task 2", ("1.1", "1.2", "2")),
        ("T001-T003", ("T001..T003",)),
        ("1.1–1.3; Task 2.1 to Task 2.2", ("1.1..1.3", "2.1..2.2")),
        ("T001 complete.", ("T001",)),
        ("AUTH-12 & `auth-13`", ("AUTH-12", "auth-13")),
        ("the schema of T001, and of task 7 as well", ("T001", "7")),
        ("Python 3.11", ()),
        ("the API of the billing team", ()),
        ("Keine", ()),
        ("Задачи 1.1 и 1.2", ("1.1", "1.2")),
        ("任务 1.1、1.2", ("1.1", "1.2")),
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


@pytest.mark.parametrize(
    ("targets", "found"),
    [
        (("T001", "T003"), ("T001", "T003")),
        (("T001..T003",), ("T001", "T002", "T003")),
        (("t003..T001", "T002"), ("T001", "T002", "T003")),
        (("T009", "T002..T008"), ("T009", "T002", "T008")),
        ((), ()),
    ],
)
def test_ranges_of_tasks_are_spelled_out(targets: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert resolve_tasks(targets, ("T001", "T002", "T003")) == found


def needs(plan: Plan) -> dict[str | None, tuple[str, ...]]:
    return {task.id: task.depends_on for task in plan.tasks}


def test_a_task_may_tell_in_its_title_what_it_waits_for() -> None:
    phase = read_phase("- [ ] T001 a\n- [ ] T002 b (depends on T001)\n- [ ] T003 c (after the release)\n")
    assert [task.depends_on for task in phase.tasks] == [(), ("T001",), ()]
    assert phase.tasks[1].text == "b (depends on T001)"


def test_a_task_may_tell_it_below() -> None:
    phase = read_phase(
        """
        - [ ] T001 a
          - Depends on the weather
        - [ ] T002 b
          - **Depends on:** T001
        - [ ] T003 c

          Blocked by: T001-T002
        - [ ] T004 d
          ```
          Depends on: T001
          ```
        """
    )
    assert [task.depends_on for task in phase.tasks] == [(), ("T001",), ("T001", "T002"), ()]


def test_a_task_heading_may_have_a_field_for_it() -> None:
    phase = read_phase(
        """
        #### Task 1.1: a

        - b

        #### Task 1.2: c

        **Dependencies:** Task 1.1

        #### Task 1.3: d

        - **Depends on:** 1.1, 1.2
        - Requires: patience
        """
    )
    assert [task.depends_on for task in phase.tasks] == [(), ("1.1",), ("1.1", "1.2")]


def test_a_range_with_an_end_that_is_not_there_is_a_problem() -> None:
    plan = read("## Phases\n### Phase 1: x\n- **Tasks:**\n  - T001 a\n  - T002 b\n    - Depends on: T001-T007\n")
    assert needs(plan) == {"T001": (), "T002": ("T001", "T007")}
    assert codes(plan) == ["PS203"]


@pytest.mark.parametrize(
    "label", ["Abhängigkeiten", "Dépendances", "Depende de", "Dependências", "Зависимости", "依赖"]
)
def test_the_label_may_be_of_another_language(label: str) -> None:
    plan = read(f"## Phases\n### Phase 1: x\n- a\n\n### Phase 2: y\n\n**{label}:** Phase 1\n\n**Tasks:**\n- b\n")
    assert [phase.depends_on for phase in plan.phases] == [(), ("1",)]
