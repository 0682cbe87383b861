"""Where a plan's phases and its work outside them stand (spec §2.3, §2.4).

Phases are headings, in the implementation section when there is one, else anywhere but in sections of another purpose.
Task lists of other tools are read in their own ways: sections with a number above boxes with ids (``## 1. Setup``,
``- [ ] 1.1 …``), and lines of their own above lists of boxes (``Phase 1: Setup``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from plansync.core.blocks import Block, Kind
from plansync.core.grammar.fields import list_items
from plansync.core.grammar.list_items import item_id, starts_with_box
from plansync.core.grammar.outline import Entry, Part, TaskBlock
from plansync.core.grammar.page import Page
from plansync.core.grammar.phase_names import PhaseName, read_numbered_name, read_phase_name
from plansync.core.grammar.questions import is_question_name
from plansync.core.grammar.region import TASKS
from plansync.core.grammar.risk_words import is_risk_name
from plansync.core.grammar.tasks.headings import is_task_heading

_WORK = re.compile(r"\b(?:phases?|stages?|plan|tasks?|steps?|roadmap)\b")
_FOREIGN_WORK = re.compile(
    r"(?:umsetzungs|implementierungs)(?:plan|phasen|schritte)|(?:plan|pasos|fases|tareas) de implementaci[oó]n"
    r"|(?:plano|passos|fases|tarefas) de implementa[cç][aã]o|(?:plan|étapes|phases) d['’](?:implémentation|exécution)"
    r"|план (?:реализации|внедрения)|(?:实施|实现|开发|执行)(?:计划|步骤|阶段)"
    r"|実装(?:計画|手順|フェーズ)|구현 (?:계획|단계)|execution (?:sequence|plan|steps)|work plan"
)
_BARE_NAMES = frozenset({"implementation", "phases", *TASKS})
_CHECKLISTS = frozenset({"implementation checklist", "task checklist"})
_EXCLUDED = re.compile(
    r"\b(?:tests?|testing|rollback|sizing|timeline|success|summary|appendix|risks?|open questions?|changelog|results)\b"
    r"|(?<!and )(?<!& )(?<!, )\bdependenc(?:y|ies)\b(?!-)"
    r"|\bparallel (?:execution\b(?! (?:plan|phases))|(?:opportunit|example|task|group|batch)\w*)|\bparalleli[sz]\w+"
)
_WITH_TESTS = re.compile(
    r"\b(?:tests?|testing) (?:and|&) (?=implementation)|(?<=implementation) (?:and|&) (?:tests?|testing)\b"
)
_SCHEDULE = re.compile(r"\b(?:implementation|development|migration|project) (?:timeline|schedule)\b")
_LISTING = re.compile(r"\b(?:check-?lists?|to-?dos?|progress|track(?:er|ing)|tasks?|breakdown|status)\b")
_LEVELS = range(2, 5)
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class FoundPhase:
    """A phase's heading, and what stands below it."""

    heading: Block
    name: PhaseName
    entries: tuple[Entry, ...]
    part: Part
    again: tuple[Entry, ...] = ()
    """What stands below the same phase's heading in a checklist further down."""


def is_implementation(part: Part) -> bool:
    """Say whether ``part`` is a section that holds the plan's phases or tasks."""
    if part.level not in {2, 3} or _is_else(part.key):
        return False
    if any(_phase_name(around) for around in part.ancestors()):
        return False
    has_work = "implementation" in part.key and _WORK.search(part.key) is not None
    is_foreign = _FOREIGN_WORK.fullmatch(part.key) is not None
    return has_work or is_foreign or (part.level == 2 and part.key in _BARE_NAMES)


def find_phases(page: Page, root: Part) -> list[FoundPhase]:
    """Return the plan's phases in file order, those that stand twice once."""
    scope = [part for part in root.walk() if is_implementation(part)]
    found = _unique(phase for part in scope for phase in _find(part)) or _unique(_find(root))
    if found or _has_task_blocks(root):
        return _merged(found)
    schedules = (part for part in root.walk() if _SCHEDULE.search(part.key))
    last = _unique(phase for part in schedules for inner in part.parts for phase in _find(inner))
    return last or _find_numbered(page, root) or list(_find_paragraphs(page, root))


def work_start(page: Page, root: Part, found: Sequence[FoundPhase]) -> int:
    """Return where the first phase, section of work or task heading begins: the header ends there at the latest."""
    headings = [part.heading for part in root.walk() if part.heading is not None and _begins_work(page, part)]
    starts = [heading.span.start for heading in (*headings, *(phase.heading for phase in found))]
    return min(starts, default=len(page.source))


def _begins_work(page: Page, part: Part) -> bool:
    return is_implementation(part) or (part.heading is not None and is_task_heading(page, part.heading))


def loose_work(page: Page, root: Part, found: Sequence[FoundPhase]) -> tuple[tuple[Entry, ...], bool]:
    """Return what may hold tasks outside the phases, and whether its place says that it does.

    That are the TASK blocks outside all phases; in a plan without either, its implementation section; in one without
    that as well, the whole file, where only what shows by itself to be a task is one.
    """
    held = {entry.span for phase in found for entry in phase.entries}
    blocks = tuple(entry for entry in _task_blocks(root) if entry.span not in held)
    if blocks or found:
        return blocks, True
    scope = [part for part in root.walk() if is_implementation(part) or part.key in _CHECKLISTS]
    outer = [part for part in scope if part.parent not in scope]
    if outer:
        return tuple(entry for part in outer for entry in _work_of(page, part)), True
    return tuple(_elsewhere(root)), False


def _elsewhere(part: Part) -> Iterator[Entry]:
    """Yield what a file without phases holds, but for the sections of risks and questions, which are items as well."""
    yield from part.entries
    for inner in part.parts:
        if inner.heading is not None and not _holds_other_items(inner):
            yield inner.heading
            yield from _elsewhere(inner)


def _holds_other_items(part: Part) -> bool:
    around = (outer.key for outer in part.ancestors() if outer.level > 1)
    return any(is_risk_name(key) or is_question_name(key) for key in around)


def _work_of(page: Page, part: Part) -> Iterator[Entry]:
    """Yield what a section holds; one named Tasks labels what it holds, where no heading in it is a task."""
    entries = tuple(part.all_entries())
    has_headings = any(isinstance(entry, Block) and is_task_heading(page, entry) for entry in entries)
    if part.heading is not None and part.key in TASKS and not has_headings:
        yield part.heading
    yield from entries


def _phase_name(part: Part) -> PhaseName | None:
    return read_phase_name(part.name) if part.level in _LEVELS else None


def _is_excluded(part: Part) -> bool:
    return part.level > 1 and _is_else(part.key) and _phase_name(part) is None


def _is_else(key: str) -> bool:
    """Say whether a section of that name is about something else; ``Implementation and testing`` is not."""
    return _EXCLUDED.search(_WITH_TESTS.sub("", key)) is not None


def _unique(found: Iterable[FoundPhase]) -> list[FoundPhase]:
    return list({phase.heading.span: phase for phase in found}.values())


def _find(part: Part) -> Iterator[FoundPhase]:
    """Yield the phases in ``part``, a phase inside another one after it."""
    if _is_excluded(part):
        return
    name = _phase_name(part)
    if name is not None and part.heading is not None:
        yield FoundPhase(part.heading, name, tuple(_own_entries(part)), part)
    for inner in part.parts:
        yield from _find(inner)


def _own_entries(part: Part) -> Iterator[Entry]:
    """Yield what stands below a phase's heading, without the phases inside it."""
    yield from part.entries
    for inner in part.parts:
        if _phase_name(inner) is None and inner.heading is not None:
            yield inner.heading
            yield from _own_entries(inner)


def _merged(found: Iterable[FoundPhase]) -> list[FoundPhase]:
    """Return ``found``, those of a checklist of the same phases joined to their first ones."""
    phases: list[FoundPhase] = []
    first_by_id: dict[str, int] = {}
    for phase in found:
        at = first_by_id.setdefault(phase.name.id, len(phases))
        if at == len(phases) or not _is_same(phases[at], phase):
            phases.append(phase)
            continue
        first, name = phases[at], phases[at].name
        best = phase.name if phase.name.complete and not name.complete else name
        joined = replace(name, suffix=best.suffix or phase.name.suffix, complete=best.complete)
        phases[at] = replace(first, name=joined, again=(*first.again, *phase.entries))
    return phases


def _is_same(first: FoundPhase, again: FoundPhase) -> bool:
    """Say whether two phases with one id are the same, one of them in a checklist."""
    if first.part.parent is again.part.parent:
        return False
    if not any(_LISTING.search(around.key) for around in (first.part.parent, again.part.parent) if around is not None):
        return False
    words, others = (set(_WORDS.findall((phase.name.name or "").casefold())) for phase in (first, again))
    return bool(words and others) and (words <= others or others <= words)


def _find_numbered(page: Page, root: Part) -> list[FoundPhase]:
    """Return the sections with numbers that hold boxes, if some of these have ids."""
    found: list[FoundPhase] = []
    has_ids = False
    for part in root.walk():
        if part.heading is None or part.level not in _LEVELS or _holds_other_items(part):
            continue
        name = read_numbered_name(page.joined(part.heading.text_span))
        boxes = [item for item in list_items(_blocks(part.entries)) if starts_with_box(page, item)]
        if name is not None and boxes:
            found.append(FoundPhase(part.heading, name, tuple(_own_entries(part)), part))
            has_ids = has_ids or any(item_id(page, item) for item in boxes)
    return found if has_ids else []


def _find_paragraphs(page: Page, root: Part) -> Iterator[FoundPhase]:
    """Yield the lines of their own that read as a phase's heading and stand above boxes."""
    for part in root.walk():
        if _is_excluded(part):
            continue
        names = [_paragraph_name(page, entry) for entry in part.entries]
        starts = [at for at, name in enumerate(names) if name is not None]
        for at, end in pairwise([*starts, len(names)]):
            name, heading, entries = names[at], part.entries[at], tuple(part.entries[at + 1 : end])
            has_boxes = any(starts_with_box(page, item) for item in list_items(_blocks(entries)))
            if name is not None and isinstance(heading, Block) and has_boxes:
                yield FoundPhase(heading, name, entries, part)


def _paragraph_name(page: Page, entry: Entry) -> PhaseName | None:
    if not isinstance(entry, Block) or entry.kind is not Kind.PARAGRAPH:
        return None
    text = page.raw(entry.text_span)
    name = None if "\n" in text or "\r" in text else read_phase_name(text.replace("**", "").rstrip(" :："))
    return name if name is not None and name.name else None


def _blocks(entries: Iterable[Entry]) -> tuple[Block, ...]:
    return tuple(entry for entry in entries if isinstance(entry, Block))


def _has_task_blocks(root: Part) -> bool:
    return next(_task_blocks(root), None) is not None


def _task_blocks(part: Part) -> Iterator[TaskBlock]:
    if _is_excluded(part):
        return
    yield from (entry for entry in part.entries if isinstance(entry, TaskBlock))
    for inner in part.parts:
        yield from _task_blocks(inner)
