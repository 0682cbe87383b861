"""Phase headings in all their spellings."""

import pytest

from plansync.core.grammar.phase_names import read_numbered_name, read_phase_name


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
        ("阶段一：木工", "1", "木工"),
        ("阶段十二 - 木工", "12", "木工"),
        ("二、第二十阶段（木工）", "20", "木工"),
        ("階段 3：木工", "3", "木工"),
        ("フェーズ1: 木工", "1", "木工"),
        ("フェーズ 2（木工）", "2", "木工"),
        ("1단계: 목공", "1", "목공"),
        ("단계 2 - 목공", "2", "목공"),
        ("里程碑 A：木工", "A", "木工"),
        ("Phase2：木工", "2", "木工"),
        ("Sprint-4: Rules", "4", "Rules"),
        ("Vague 2 : Bois", "2", "Bois"),
        ("Etap 3: Drewno", "3", "Drewno"),
        ("Aşama 1: Ahşap", "1", "Ahşap"),
        ("フェーズ 2：土台（共通）", "2", "土台（共通）"),
        ("第2フェーズ：土台", "2", "土台"),
        ("12단계", "12", None),
        ("**Phase 1: Whole**", "1", "Whole"),
        ("Phase 1", "1", None),
        ("Phase 1:", "1", None),
        ("Phase 3: Rules (P1)", "3", "Rules (P1)"),
        ("Phase 3: Rules (Required)", "3", "Rules (Required)"),
        ("Phase 1) Rules", "1", "Rules"),
        ("Phase II: Rules", "II", "Rules"),
        ("Phase Two: Rules", "Two", "Rules"),
        ("Phase N: Polish & More", "N", "Polish & More"),
        ("Final Phase — Polish", "Final", "Polish"),
        ("Implementation Phase 1", "1", None),
        ("Implementation Phase 2: Boards", "2", "Boards"),
        ("🚀 Phase 1: Wood", "1", "Wood"),
        ("📋 1. Phase 1: Wood", "1", "Wood"),
        ("Étape 2 : Bois", "2", "Bois"),
    ],
)
def test_id_and_name_are_told_apart(heading: str, phase_id: str, name: str | None) -> None:
    read = read_phase_name(heading)
    assert read is not None
    assert (read.id, read.name, read.suffix, read.complete) == (phase_id, name, None, False)


@pytest.mark.parametrize(
    "heading",
    [
        "阶段一总结",
        "阶段目标",
        "フェーズ1の結果",
        "1단계를 위한 준비",
        "Phase1Tasks",
        "Phase 1 Tasks",
        "Phase 1 Notes",
        "Phase 2 Verification",
        "Phases",
        "Phase planning",
        "Phase 1-2 (Core)",
        "Implementation",
        "Phaser 1: x",
        "Phase 0 Deliverables",
        "Implementation Phase 1 Tasks",
        "Final Phases: x",
        "Phase Three rules",
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
        ("Phase 1: Base ✅ (checked in May)", "✅ (checked in May)", True),
        ("Phase 1: Base — done", "done", True),
        ("Phase 1: Base - abgeschlossen", "abgeschlossen", True),
        ("Phase 1: Base (completed 2026-01-02)", "completed 2026-01-02", True),
        ("Phase 1: Base COMPLETE", "COMPLETE", True),
        ("Phase 1: Base 🚧 IN PROGRESS", "🚧 IN PROGRESS", False),
        ("Phase 1: Base (2h)", "2h", False),
        ("Phase 1: Base (soon - 2 weeks)", "soon - 2 weeks", False),
        ("Phase 1: Base (days 2–4)", "days 2–4", False),
        ("Phase 1: Base ([#12](https://x.example/issues/12))", "[#12](https://x.example/issues/12)", False),
        ("Phase 1: Base [#12](https://x.example/issues/12)", "[#12](https://x.example/issues/12)", False),
        ("Phase 1: Base [partially completed]", "partially completed", False),
        ("✅ Phase 1: Base", "✅", True),
        ("Phase 1 ✅: Base", "✅", True),
        ("Phase 1 [DONE]: Base", "DONE", True),
        ("Phase 1: Base (Week 1) - 24-30 hours", "Week 1", False),
        ("Phase 1: Base - Day 4-5", "Day 4-5", False),
        ("Phase 1: Base - DONE ✅", "DONE", True),
        ("Phase 1: Base (100% DONE)", "100% DONE", True),
        ("Phase 1: Base (70 min total)", "70 min total", False),
        ("Phase 1: Base ~3h", "~3h", False),
        ("Phase 1: Base (day 1) ✅", "✅", True),
        ("Phase 1: [COMPLETED] Base", "COMPLETED", True),
        ("Phase 1: [IN PROGRESS] Base", "IN PROGRESS", False),
        ("Phase 1: Base — [COMPLETED] (2026-01-02)", "[COMPLETED] (2026-01-02)", True),
        ("Phase 1: Base ✅ 2026-01-02", "✅ 2026-01-02", True),
        ("Phase 1: Base ✅ Abgeschlossen (02.01.2026)", "✅ Abgeschlossen (02.01.2026)", True),
        ("Phase 1: Base *(completed 2026-01-02)*", "completed 2026-01-02", True),
        ("Phase 1: Base — DONE 2026-01-02", "DONE 2026-01-02", True),
    ],
)
def test_attributes_are_taken_off_the_name(heading: str, suffix: str, complete: bool) -> None:
    read = read_phase_name(heading)
    assert read is not None
    assert (read.name, read.heading, read.suffix, read.complete) == ("Base", "Phase 1: Base", suffix, complete)


@pytest.mark.parametrize("name", ["[Beta] Base", "[done](https://x.example) Base", "Base in 2026-01-02", "Well done"])
def test_other_brackets_and_dates_belong_to_the_name(name: str) -> None:
    read = read_phase_name(f"Phase 1: {name}")
    assert read is not None
    assert (read.name, read.suffix, read.complete) == (name, None, False)


def test_a_phase_may_have_a_suffix_and_no_name() -> None:
    read = read_phase_name("Phase 1 - [IN PROGRESS]")
    assert read is not None
    assert (read.name, read.heading, read.suffix) == (None, "Phase 1", "IN PROGRESS")


def test_no_heading_has_more_than_a_handful_of_suffixes() -> None:
    read = read_phase_name("Phase 1: Base" + " [x]" * 8)
    assert read is not None
    assert read.name == "Base [x] [x]"


@pytest.mark.parametrize(
    ("heading", "phase_id", "name", "suffix"),
    [
        ("1. Shelves", "1", "Shelves", None),
        ("2.1) Shelves (2h)", "2.1", "Shelves", "2h"),
        ("10 Shelves ✅", "10", "Shelves", "✅"),
    ],
)
def test_a_number_alone_can_stand_for_the_word(heading: str, phase_id: str, name: str, suffix: str | None) -> None:
    read = read_numbered_name(heading)
    assert read is not None
    assert (read.id, read.name, read.suffix) == (phase_id, name, suffix)


@pytest.mark.parametrize("heading", ["Shelves", "1.", "1st shelf", ""])
def test_without_a_number_of_its_own_there_is_none(heading: str) -> None:
    assert read_numbered_name(heading) is None


@pytest.mark.parametrize(
    ("heading", "suffix"),
    [
        ("Phase 1 [IN PROGRESS] - Base", "IN PROGRESS"),
        ("Sprint 1 (Weeks 1-2): Base", "Weeks 1-2"),
        ("Phase 1 (MVP) — Base", "MVP"),
        ("Fase 1: Base (Semana 1-2)", "Semana 1-2"),
        ("Фаза 1: Base (2-3 дня)", "2-3 дня"),
        ("阶段1：Base（约1-2天）", "约1-2天"),
        ("阶段一：Base（第 1-2 周）", "第 1-2 周"),
        ("阶段1：Base（预计 3 个工作日）", "预计 3 个工作日"),
        ("フェーズ1: Base（2週間）", "2週間"),
        ("Phase 0 : Base (jour 1)", "jour 1"),
        ("PHASE 1: Base (Mois 1-2)", "Mois 1-2"),
        ("Fase 2: Base (2 meses)", "2 meses"),
        ("Phase 3: Base (Monat 2)", "Monat 2"),
        ("Phase 4: Base ⏸️", "⏸️"),
    ],
)
def test_attributes_come_in_other_languages_and_places(heading: str, suffix: str) -> None:
    read = read_phase_name(heading)
    assert read is not None
    assert (read.name, read.suffix, read.complete) == ("Base", suffix, False)


@pytest.mark.parametrize(
    ("heading", "suffix"),
    [
        ("阶段一：Base（已完成）", "已完成"),
        ("阶段一：Base ✅ 已完成", "✅ 已完成"),
        ("Fase 1: Base (Concluída)", "Concluída"),
        ("Phase 1 : Base (terminée)", "terminée"),
        ("Фаза 1: Base (готово)", "готово"),
    ],
)
def test_a_phase_is_complete_in_other_languages(heading: str, suffix: str) -> None:
    read = read_phase_name(heading)
    assert read is not None
    assert (read.name, read.suffix, read.complete) == ("Base", suffix, True)
