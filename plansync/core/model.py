"""The parsed plan: what the reader makes of a file.

Everything is frozen; everything that plansync may edit carries its byte :class:`Span` or the :class:`Site` where
text can be put in. Words are those of spec §1. Texts are raw Markdown with soft wraps joined by one blank, unless
said otherwise; lines and columns are 1-based.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from plansync.core.design import Architecture, Component, Endpoint, Entity, Field, Section, Testing
from plansync.core.problems import Problem
from plansync.core.spellings import BareNumber, LooseLink, PlanIssue
from plansync.core.text import Site, Span


class ItemKind(StrEnum):
    """What kind of item becomes an issue."""

    TASK = "task"
    RISK = "risk"
    QUESTION = "question"
    PLAN = "plan"
    """The plan as a whole: its tracking issue, where one is wanted. No item of a plan is of this kind."""


class State(StrEnum):
    """What the plan itself says of an item (spec §2.6)."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Level(IntEnum):
    """A risk level on the scale of spec §6; a score is the product of two."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class LinkPlace(StrEnum):
    """Where a Markdown link stands in an item's first paragraph or cell (spec §3.1)."""

    LEAD = "lead"
    TAIL = "tail"
    """In parentheses at the end of the text."""
    MENTION = "mention"
    """Anywhere else in the paragraph: a mere reference unless the issue's marker names this item."""


@dataclass(frozen=True, slots=True)
class Link:
    """A Markdown link in an item's first paragraph, cell or Milestone/Issue field.

    ``span`` covers ``[label](url)``; ``cut`` covers what goes when the link is taken out (with the parentheses and
    the blank that write-back put around it).
    """

    label: str
    url: str
    span: Span
    cut: Span
    place: LinkPlace
    bare: bool = False
    """No link is written there yet, but a number that stands for it (:class:`~plansync.core.spellings.BareNumber`)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A checkbox: ``span`` is the one character between the brackets (bytes of ``mark``)."""

    mark: str
    span: Span

    @property
    def ticked(self) -> bool:
        """Say whether the mark counts as done: x, X or ✓."""
        return self.mark in {"x", "X", "✓"}


@dataclass(frozen=True, slots=True)
class StatusCell:
    """The Status cell of a risk or task table row: raw text and the span of the trimmed cell content.

    ``ticks``: its column is headed Completed or Done, so that a blank cell is open.
    """

    raw: str
    span: Span
    ticks: bool = False
    table: int = 0
    """The offset of its table: words are taken from the same one."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A list item nested under a task, or an acceptance criterion; ``depth`` 0 is the outermost."""

    text: str
    line: int
    depth: int = 0
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """A risk's likelihood or impact: the raw text as written and the level read from it (None: unreadable)."""

    raw: str
    level: Level | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """What tasks, risks and questions share."""

    text: str
    """The title text of spec §2.7: without box, id, link and trailing assignee."""
    line: int
    column: int
    span: Span
    id: str | None = None
    box: Box | None = None
    status_cell: StatusCell | None = None
    box_site: Site | None = None
    """Where ``[ ] `` goes when ``checkboxes = true`` turns a plain bullet into a box; None where it cannot."""
    state: State = State.OPEN
    details: tuple[Detail, ...] = ()
    links: tuple[Link, ...] = ()
    bare: BareNumber | None = None
    link_site: Site
    ignored: bool = False
    """Carries ``<!-- plansync:ignore -->`` itself (not through its phase or the header)."""
    file: str = ""
    """Of a plan of several files, the name of the one that the item stands in; so it is with all that has a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(_Item):
    """A task of a phase."""

    assignee: str | None = None
    depends_on: tuple[str, ...] = ()
    """Ids of tasks in this plan, as written."""
    body: str = ""
    """Further text of the task (a TASK block's Description, extra paragraphs, code), raw Markdown, as written."""
    files: tuple[str, ...] = ()
    label: str | None = None
    size: str | None = None
    repo: str | None = None

    @property
    def kind(self) -> ItemKind:
        """Return ``ItemKind.TASK``."""
        return ItemKind.TASK


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk(_Item):
    """A risk of the plan."""

    likelihood: Rating
    impact: Rating
    mitigation: str = ""
    owner: str | None = None
    body: str = ""
    """Further text of a risk that is no table row, raw Markdown, as written."""

    @property
    def kind(self) -> ItemKind:
        """Return ``ItemKind.RISK``."""
        return ItemKind.RISK

    @property
    def score(self) -> int | None:
        """Return likelihood × impact (1..9), or None when a level is unreadable (spec §6)."""
        if self.likelihood.level is None or self.impact.level is None:
            return None
        return int(self.likelihood.level) * int(self.impact.level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(_Item):
    """An open question; an answered one has state DONE."""

    @property
    def kind(self) -> ItemKind:
        """Return ``ItemKind.QUESTION``."""
        return ItemKind.QUESTION


Item = Task | Risk | Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A phase, or, with ``id`` and ``name`` None, the one nameless phase of a plan without phases."""

    id: str | None
    name: str | None
    heading: str
    """The heading as it reads (``Phase 1: Foundation``), without suffixes; empty for the nameless phase."""
    anchor: str
    """The heading's fragment as GitHub and GitLab make it (``phase-1-foundation``)."""
    line: int
    column: int
    span: Span
    goal: str | None = None
    deliverable: str | None = None
    depends_on: tuple[str, ...] = ()
    """Ids of phases in this plan."""
    fields: tuple[Field, ...] = ()
    tasks: tuple[Task, ...] = ()
    suffix: str | None = None
    complete: bool = False
    """Marked complete in its heading or Status field; information only (spec §2.6, §4.6)."""
    milestone_link: Link | None = None
    milestone_site: Site
    ignored: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class StatusLine:
    """A Status that can be written: raw value (markup kept) and the span of exactly those bytes."""

    raw: str
    line: int
    column: int
    span: Span
    gap: str = field(default="", metadata={"said": False})
    """What goes before another value: a blank where this one, an emoji, touches the marks of its label."""
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One plan, whole: of one file, or of several that were joined (:mod:`plansync.core.joining`)."""

    title: str
    title_line: int
    feature_id: str | None = None
    spec: str | None = None
    created: str | None = None
    repos: tuple[str, ...] = ()
    header: tuple[Field, ...] = ()
    status: StatusLine | None = None
    """The first Status line of the header."""
    front_matter_status: StatusLine | None = None
    issue: PlanIssue | None = None
    status_site: Site | None = None
    """Where a Status line may be put in when there is none (``status.insert``)."""
    architecture: Architecture = field(default_factory=Architecture)
    components: tuple[Component, ...] = ()
    entities: tuple[Entity, ...] = ()
    data_flow: str = ""
    endpoints: tuple[Endpoint, ...] = ()
    phases: tuple[Phase, ...] = ()
    testing: Testing = field(default_factory=Testing)
    risks: tuple[Risk, ...] = ()
    questions: tuple[Question, ...] = ()
    sections: tuple[Section, ...] = ()
    """Sections that the template does not know, kept as text."""
    ignored: bool = False
    """``plansync: false`` in front matter, or ``<!-- plansync:ignore -->`` in the header."""
    loose_links: tuple[LooseLink, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    files: tuple[str, ...] = ()
    """The names of its files, the main one first, where it has several."""

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Return the tasks of all phases in plan order."""
        return tuple(task for phase in self.phases for task in phase.tasks)

    @property
    def items(self) -> tuple[Item, ...]:
        """Return tasks, risks and questions, in that order."""
        return (*self.tasks, *self.risks, *self.questions)

    @property
    def guarded(self) -> bool:
        """Say whether the loss guard of spec §2.11 holds this plan."""
        return any(problem.guards for problem in self.problems)

    @property
    def broken_parts(self) -> frozenset[str]:
        """Return the parts that an error Problem holds up (see :class:`Problem`)."""
        return frozenset(p.part for p in self.problems if p.part and p.severity == "error")
