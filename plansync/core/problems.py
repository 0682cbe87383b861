"""Problems: what plansync finds wrong in a plan, as data.

A Problem is never an exception: all of a plan's Problems are found at once and reported together, and whatever is
not touched by an *error* Problem goes on. The catalogue of codes is :data:`CATALOGUE`; codes are stable and
documented in ``docs/problems.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol


class Severity(StrEnum):
    """How much a Problem holds up: an error leaves its part of the plan alone, a warning does not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, at a 1-based line and column of one plan file.

    ``part`` names the part of the plan that an error Problem holds up: ``"plan"``, ``"phase 2"`` (0-based index in
    ``Plan.phases``), ``"risks"``, ``"questions"``, or ``""`` for none.
    """

    code: str
    severity: Severity
    line: int
    column: int
    message: str
    hint: str = ""
    part: str = ""
    guards: bool = False
    """True for the loss guard of spec §2.11: nothing of this plan may be closed as removed or rematched."""
    file: str = ""
    """Of a plan of several files, the name of the one that ``line`` is in; else empty."""


class Place(Protocol):
    """What stands in a plan file, at a 1-based line and column; ``file`` as in :class:`Problem`."""

    @property
    def line(self) -> int:
        """Return the line."""

    @property
    def column(self) -> int:
        """Return the column, in characters."""

    @property
    def file(self) -> str:
        """Return the file's name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue: what a code means and what to do about it."""

    code: str
    severity: Severity
    title: str
    advice: str


CATALOGUE: dict[str, Entry] = {}


def _entry(code: str, severity: Severity, title: str, advice: str) -> None:
    CATALOGUE[code] = Entry(code, severity, title, advice)


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

# PS1xx: the file and its header
_entry("PS101", _E, "The file is not UTF-8", "Save the file as UTF-8; plansync leaves it alone until then.")
_entry("PS102", _E, "The file is too large", "Split the plan, or raise limits.plan_bytes.")
_entry("PS103", _E, "The file cannot be read", "Check that the file exists and that plansync may read it.")
_entry("PS104", _W, "The plan has no Status line", "Add '**Status:** Draft' below the title, or set status.insert.")
_entry("PS105", _E, "The file holds conflict markers", "Resolve the merge conflict; the file is left alone until then.")
_entry("PS106", _W, "The plan has no title", "Begin the file with '# Implementation Plan: …'.")
_entry(
    "PS107", _E, "The file is empty or binary", "A plan is a Markdown text; exclude other files in the configuration."
)
_entry(
    "PS108",
    _E,
    "Two paths differ only by case",
    "Rename one of the two: many systems take them for one file, so only one is synced.",
)
_entry(
    "PS109",
    _E,
    "A file of the plan is missing",
    "Put it back; the plan is left alone until then. If it is gone for good, close the issues that came from it.",
)
# PS2xx: phases, tasks, dependencies
_entry("PS201", _W, "A task list was found empty", "Put the tasks as items below the Tasks label, one each.")
_entry("PS202", _W, "A box has an odd mark", "Use [ ] for open and [x] for done; any other mark counts as open.")
_entry("PS203", _W, "A dependency names nothing that exists", "Name a phase or task id of this plan, or None.")
_entry("PS204", _W, "A task id occurs twice", "Give each task an id of its own.")
_entry("PS205", _W, "Dependencies form a cycle", "Remove one of the dependencies named.")
_entry("PS206", _W, "A TASK block is not closed or has no heading", "End the block with <!-- TASK:END -->.")
_entry("PS207", _W, "A phase id occurs twice", "Number the phases apart; plansync tells them apart by name.")
_entry("PS208", _I, "No phases or tasks were found", "Head phases '### Phase 1: Name' and list tasks below 'Tasks:'.")
# PS3xx: risks
_entry("PS301", _W, "A risk level cannot be read", "Write Low, Medium or High (or L, M, H).")
_entry("PS302", _W, "A risk table lacks its columns", "Head the columns Risk, Likelihood, Impact, Mitigation.")
_entry("PS303", _W, "A table row does not fit its head", "Give the row as many cells as the head; escape '|' as '\\|'.")
# PS4xx: the loss guard
_entry(
    "PS401",
    _W,
    "A fence is never closed",
    "Close the code fence; until then nothing of this plan is closed as removed.",
)
_entry("PS402", _W, "A fence holds phase headings", "Close the fence above the phases, or use a longer outer fence.")
_entry("PS403", _W, "A section occurs twice", "Join or rename one of the two sections.")
# PS5xx: identity and links
_entry("PS501", _W, "One issue is linked from two items", "Remove the link from the item that does not own the issue.")
_entry("PS502", _W, "A linked issue is gone", "Remove the link to have a new issue, or restore the issue.")
_entry("PS503", _W, "A marker fails to verify", "Check markers.keys; the item gets no issue until this is settled.")
_entry("PS504", _W, "Two issues carry one marker", "Close or unmark one of the two.")
_entry(
    "PS505", _E, "Two plans claim one key", "Give each plan its own Feature ID; one file may stand in one target only."
)
_entry("PS506", _I, "An issue looks like this item", "Put its link behind the item if it is the same.")
_entry(
    "PS507",
    _I,
    "An issue names a plan that was not read",
    "Nothing is changed; close its issues by hand if the plan has ended.",
)
_entry(
    "PS508",
    _W,
    "An issue's managed region is damaged",
    "Leave exactly one region; plansync will not touch the body until then.",
)
_entry("PS509", _W, "A linked milestone is gone", "Remove the Milestone field to have a new one.")
_entry(
    "PS510",
    _W,
    "The plan's tracking issue is gone",
    "To have a new one, sync once with tracking_issue = false, then with true again.",
)
_entry(
    "PS511",
    _W,
    "An issue is linked where no item is read",
    "Put the item back into its list; or take the link out, and the issue is closed.",
)
# PS6xx: reconciling
_entry("PS601", _W, "Box and issue were both changed", "The tracker won; tick or untick again if that is wrong.")
_entry("PS602", _W, "The answer to a create was lost", "plansync settles it by listing; nothing is to be done.")
_entry("PS603", _W, "A removal fuse has tripped", "Look at preview; if it is right, run once --allow-removals.")
_entry("PS604", _I, "An assignee does not exist on the tracker", "Map the name under assignees, or use @login.")
_entry(
    "PS605",
    _I,
    "A milestone or label differs from what was wanted",
    "See the message for what the tracker could not hold.",
)
_entry("PS606", _W, "The tracker holds no more relations", "Relate the others by hand, or split the plan.")
# PS7xx: Status
_entry("PS701", _W, "The Status cannot be understood", "Use one known word, such as Draft, In Progress or Complete.")
_entry(
    "PS702", _W, "Header and front matter disagree on Status", "Make the two the same; only the first is kept in step."
)
_entry("PS703", _W, "A Status cell holds another word", "Use Open or Closed (risks), To Do or Done (tasks).")


def problem(  # noqa: PLR0913 - a Problem has this many parts
    code: str,
    line: int,
    column: int,
    message: str,
    *,
    part: str = "",
    hint: str = "",
) -> Problem:
    """Return the Problem ``code`` with the catalogue's severity and, unless given, its advice as hint."""
    entry = CATALOGUE[code]
    return Problem(
        code=code,
        severity=entry.severity,
        line=line,
        column=column,
        message=message,
        hint=hint or entry.advice,
        part=part,
        guards=code in GUARDS,
    )


def problem_at(code: str, place: Place, message: str) -> Problem:
    """Return the Problem ``code`` of what stands at ``place``."""
    return replace(problem(code, place.line, place.column, message), file=place.file)


GUARDS = frozenset({"PS401", "PS402", "PS403"})
"""The codes of the loss guard (spec §2.11)."""
