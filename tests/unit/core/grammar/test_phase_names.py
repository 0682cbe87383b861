"""Phase headings in all their spellings."""

import pytest

from plansync.core.grammar.phase_names import read_phase_name


@pytest.mark.parametrize(
    ("heading", "phase_id", "name"),
    [
        ("Phase 1: Foundation", "1", "Foundation"),
        ("1. Phase 2A — Core", "2A", "Core"),
        ("5.1 Phase 1: Base", "1", "Base"),
        ("PHASE 0 - Setup", "0", "Setup"),
        ("Phase 5-Core", "5", "Core"),
        ("Phase B-1 (Setup)", "B-1", "Setup"),
        ("Phase 1.4. Rules", "1.4", "Rules"),
        ("Phase A: Rules", "A", "Rules"),
        ("Sprint 3 – Rules", "3", "Rules"),
        ("Wave 2: `x.py` and **y**", "2", "`x.py` and **y**"),
        ("Fase 1: Base", "1", "Base"),
        ("Фаза 2 - Тест", "2", "Тест"),
        ("阶段 1：基础", "1", "基础"),
        ("阶段 2 基础", "2", "基础"),
        ("第一阶段：设计", "1", "设计"),
        ("第2阶段：设计", "2", "设计"),
        ("**Phase 1: Whole**", "1", "Whole"),
        ("Phase 1", "1", None),
        ("Phase 1:", "1", None),
        ("Phase 3: Rules (P1)", "3", "Rules (P1)"),
        ("Phase 3: Rules (Required)", "3", "Rules (Required)"),
    ],
)
def test_id_and_name_are_told_apart(heading: str, phase_id: str, name: str | None) -> None:
    read = read_phase_name(heading)
    assert read is not None
    assert (read.id, read.name, read.suffix, read.complete) == (phase_id, name, None, False)


@pytest.mark.parametrize(
    "heading",
    [
        "Phase 1 Tasks",
        "Phase 1 Notes",
        "Phase 2 Verification",
        "Phases",
        "Phase planning",
        "Phase 1-2 (Core)",
        "Implementation",
        "Phaser 1: x",
    ],
)
def test_what_only_speaks_of_phases_heads_none(heading: str) -> None:
    assert read_phase_name(heading) is None


@pytest.mark.parametrize(
    ("heading", "suffix", "complete"),
    [
        ("Phase 1: Base [COMPLETED]", "COMPLETED", True),
        ("Phase 1: Base [NOT STARTED]", "NOT STARTED", False),
        ("Phase 1: Base [IN PROGRESS]", "IN PROGRESS", False),
        ("Phase 1: Base ✅ COMPLETE", "✅ COMPLETE", True),
        ("Phase 1: Base ✅", "✅", True),
        ("Phase 1: Base — done", "done", True),
        ("Phase 1: Base (completed 2026-01-02)", "completed 2026-01-02", True),
        ("Phase 1: Base COMPLETE", "COMPLETE", True),
        ("Phase 1: Base 🚧 IN PROGRESS", "🚧 IN PROGRESS", False),
        ("Phase 1: Base (2h)", "2h", False),
        ("Phase 1: Base (soon - 2 weeks)", "soon - 2 weeks", False),
        ("Phase 1: Base (days 2–4)", "days 2–4", False),
        ("Phase 1: Base ([#12](https://x.example/issues/12))", "[#12](https://x.example/issues/12)", False),
        ("Phase 1: Base [#12](https://x.example/issues/12)", "[#12](https://x.example/issues/12)", False),
        ("Phase 1: Base [partially completed]", "partially completed", False),
        ("Phase 1: Base (day 1) ✅", "day 1", True),
    ],
)
def test_attributes_are_taken_off_the_name(heading: str, suffix: str, complete: bool) -> None:
    read = read_phase_name(heading)
    assert read is not None
    assert (read.name, read.heading, read.suffix, read.complete) == ("Base", "Phase 1: Base", suffix, complete)


def test_a_phase_may_have_a_suffix_and_no_name() -> None:
    read = read_phase_name("Phase 1 - [IN PROGRESS]")
    assert read is not None
    assert (read.name, read.heading, read.suffix) == (None, "Phase 1", "IN PROGRESS")


def test_no_heading_has_more_than_a_handful_of_suffixes() -> None:
    read = read_phase_name("Phase 1: Base" + " [x]" * 8)
    assert read is not None
    assert read.name == "Base [x] [x]"
