"""The last check before a plan is written: only what was meant to change did change (spec §5). Pure.

The splices of :mod:`plansync.core.writeback` are carried out, the result is parsed again, and the two plans are
compared field by field, offsets and lines apart. Anything but the intended links, boxes, Status words and Milestone
fields is a :class:`Mismatch`: a bug of plansync, and nothing may be written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace

from plansync.core.fit import cut_text
from plansync.core.intended import intend_fields, intend_item, intend_phase, intend_status
from plansync.core.joining import read_sheets
from plansync.core.model import Phase, Plan, Question, Risk, Task
from plansync.core.sheets import Sheet, edit_sheets
from plansync.core.text import Edit, Span
from plansync.core.writeback import ItemMark, PhaseMark, PlanMarks, edits_for

_POSITIONS = frozenset({"line", "column", "title_line", "span", "cut", "table"})
_SITES = frozenset({"link_site", "box_site", "status_site", "milestone_site"})
_COMPARED_APART = _POSITIONS | _SITES | {"problems"}
_SETTLED_BY_EDITS = frozenset({"PS104", "PS202", "PS701", "PS702", "PS703"})
"""Problems that an intended edit may take away; all others stay, and none may come."""
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The edited file would not read as intended; ``message`` names what differs."""

    message: str


@dataclass(frozen=True, slots=True)
class EditedPlan:
    """The plan's files as they shall be written, and the splices that led there (none: all bytes are unchanged)."""

    sheets: tuple[Sheet, ...]
    edits: tuple[Edit, ...]


def edit_plan(
    sheets: Sequence[Sheet], before: Plan, marks: PlanMarks, parse: Callable[[bytes], Plan]
) -> EditedPlan | Mismatch:
    """Write ``marks`` into ``sheets``, from which ``before`` was read, and confirm the result by parsing them again."""
    edits = edits_for(before, marks)
    if not edits:
        return EditedPlan(tuple(sheets), ())
    try:
        edited = edit_sheets(sheets, edits)
    except ValueError as error:
        return Mismatch(str(error))
    return confirm(before, read_sheets(edited, parse), marks) or EditedPlan(edited, edits)


def confirm(before: Plan, after: Plan, marks: PlanMarks) -> Mismatch | None:
    """Return the first difference between ``before`` with ``marks`` written to it and ``after``, or None."""
    items = {mark.item.span: mark for mark in marks.items}
    phases = {mark.phase.span: mark for mark in marks.milestones}
    comparison = _Comparison(items, phases, marks.status)
    difference = comparison.compare(before, after, "plan") or _compare_problems(before, after)
    return Mismatch(difference) if difference else None


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Walks two plans side by side, putting in what was meant to change."""

    items: Mapping[Span, ItemMark]
    phases: Mapping[Span, PhaseMark]
    status: tuple[Edit, ...]

    def compare(self, old: object, new: object, path: str) -> str | None:
        """Return the first difference in a sentence that names its place, or None."""
        if type(old) is not type(new):
            return f"{path}: {_shown(old)} would become {_shown(new)}"
        if isinstance(old, tuple) and isinstance(new, tuple):
            return self._compare_entries(old, new, path)
        wanted = self._wanted(old, new)
        if is_dataclass(wanted) and not isinstance(wanted, type):
            names = [field.name for field in fields(wanted) if field.name not in _COMPARED_APART]
            parts = ((getattr(wanted, name), getattr(new, name), f"{path}.{name}") for name in names)
            return next(filter(None, (self.compare(*part) for part in parts)), None)
        return None if wanted == new else f"{path}: {_shown(wanted)} would become {_shown(new)}"

    def _compare_entries(self, old: tuple[object, ...], new: tuple[object, ...], path: str) -> str | None:
        if len(old) != len(new):
            return f"{path}: {len(old)} entries would become {len(new)}"
        pairs = enumerate(zip(old, new, strict=True))
        return next(filter(None, (self.compare(a, b, f"{path}[{at}]") for at, (a, b) in pairs)), None)

    def _wanted(self, old: object, new: object) -> object:
        match old, new:
            case Plan(), Plan():
                return self._wanted_plan(old, new)
            case Phase(), Phase() if milestone := self.phases.get(old.span):
                return intend_phase(old, new, milestone)
            case ((Task() | Risk() | Question()), (Task() | Risk() | Question())) if mark := self.items.get(old.span):
                return intend_item(old, new, mark)
            case _:
                return old

    def _wanted_plan(self, old: Plan, new: Plan) -> Plan:
        has_header_field = any(phase.id is None and phase.span in self.phases for phase in old.phases)
        settled = {"status", "milestone"} if has_header_field else {"status"}
        return replace(
            old,
            header=intend_fields(old.header, new.header, settled),
            status=intend_status(old.status, new.status, self.status),
            front_matter_status=intend_status(old.front_matter_status, new.front_matter_status, self.status),
        )


def _compare_problems(before: Plan, after: Plan) -> str | None:
    had = Counter(problem.code for problem in before.problems)
    has = Counter(problem.code for problem in after.problems)
    if has - had:
        return f"plan.problems: {', '.join(sorted(has - had))} would come"
    gone = sorted(code for code in had - has if code not in _SETTLED_BY_EDITS)
    return f"plan.problems: {', '.join(gone)} would go" if gone else None


def _shown(value: object) -> str:
    return cut_text(repr(value), _SHOWN)
