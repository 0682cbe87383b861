"""From what a run found out to the splices of a plan file: links, boxes, Status and Status cells (spec §5). Pure.

Nothing here looks at bytes: the reader says where things stand and where they may be put in. The edits are carried
out and checked by :mod:`plansync.core.confirm`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plansync.core.model import Box, Detail, Item, Link, Phase, Plan
from plansync.core.spellings import BareNumber
from plansync.core.text import Edit

_ACTIVE = re.compile(r"[\\`\[\]|<]")
_URL_ESCAPES = str.maketrans({"(": "%28", ")": "%29", "|": "%7C", " ": "%20", "<": "%3C", ">": "%3E"})


@dataclass(frozen=True, slots=True)
class IssueLink:
    """The issue that an item's link shall name."""

    number: int
    url: str

    @property
    def markdown(self) -> str:
        """Return the link as it is written: ``[#12](url)``."""
        return f"[#{self.number}]({safe_url(self.url)})"


@dataclass(frozen=True, slots=True)
class DetailMark:
    """A boxed detail shall be ticked or unticked."""

    detail: Detail
    box: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMark:
    """What shall be written to one item; what is None or empty is left alone."""

    item: Item
    link: IssueLink | None = None
    replaces: Link | None = None
    """One of the item's links, or the bare number that stands for it, to be replaced in place by ``link``."""
    box: bool | None = None
    """Tick or untick the box; with ``make_box`` the state of the box that is made."""
    make_box: bool = False
    """Turn a plain bullet into a box (``checkboxes = true``)."""
    cell: str | None = None
    """The Status cell's new content."""
    details: tuple[DetailMark, ...] = ()

    @property
    def over_number(self) -> bool:
        """Say whether the link is written over a bare number."""
        return self.link is not None and self.replaces is not None and self.replaces.bare


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseMark:
    """A phase's Milestone field shall link to ``url``, under the milestone's ``title``."""

    phase: Phase
    title: str
    url: str
    replaces: Link | None = None
    """The phase's link, to be replaced in place."""

    @property
    def markdown(self) -> str:
        """Return the link as it is written."""
        return f"[{safe_label(self.title)}]({safe_url(self.url)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMarks:
    """Everything that shall be written to one plan file. ``status`` has the edits of ``status_edits``."""

    items: tuple[ItemMark, ...] = ()
    milestones: tuple[PhaseMark, ...] = ()
    status: tuple[Edit, ...] = ()


def edits_for(plan: Plan, marks: PlanMarks) -> tuple[Edit, ...]:
    """Return the splices that write ``marks`` into the file ``plan`` was read from.

    What is right already gives no edit, so that unchanged facts give unchanged bytes. Raises ``ValueError`` for a mark
    on an item or phase that is not the plan's: its offsets would belong to another file.
    """
    known = {part.span for part in (*plan.items, *plan.phases)}
    marked = {*(mark.item.span for mark in marks.items), *(mark.phase.span for mark in marks.milestones)}
    if not marked <= known:
        raise ValueError("a mark belongs to no item or phase of this plan")
    # A phase's last item and its new Milestone field may meet at one offset: what belongs to the item goes first.
    items = [edit for mark in marks.items for edit in _item_edits(mark)]
    milestones = [edit for mark in marks.milestones for edit in _milestone_edits(mark)]
    return (*marks.status, *items, *milestones)


def safe_label(text: str) -> str:
    """Return ``text`` as a link's label that reads the same, in a table cell or anywhere else."""
    return _ACTIVE.sub(r"\\\g<0>", text)


def safe_url(url: str) -> str:
    """Return ``url`` with the characters encoded that would end a link's destination or a table cell."""
    return url.translate(_URL_ESCAPES)


def _item_edits(mark: ItemMark) -> Iterator[Edit]:
    if mark.link is not None:
        bare = mark.item.bare if mark.over_number else None
        yield from _link_edits(mark, mark.link) if bare is None else _number_edits(bare, mark.link)
    if mark.make_box:
        yield from _made_box(mark)
    elif mark.box is not None:
        yield from _box_edits(mark.item.box, mark.box)
    for detail in mark.details:
        yield from _box_edits(detail.detail.box, detail.box)
    cell = mark.item.status_cell
    if mark.cell is not None and cell is not None and cell.raw != mark.cell:
        yield Edit(cell.span, mark.cell.encode())


def _link_edits(mark: ItemMark, link: IssueLink) -> Iterator[Edit]:
    if any(safe_url(old.url) == safe_url(link.url) for old in mark.item.links):
        return
    if mark.replaces is not None:
        yield Edit(mark.replaces.span, link.markdown.encode())
    else:
        yield mark.item.link_site.edit(link.markdown)


def _number_edits(bare: BareNumber, link: IssueLink) -> Iterator[Edit]:
    yield Edit(bare.span, (link.markdown if bare.enclosed else f"({link.markdown})").encode())


def _made_box(mark: ItemMark) -> Iterator[Edit]:
    if mark.item.box is None and mark.item.box_site is not None:
        yield mark.item.box_site.edit("[x] " if mark.box else "[ ] ")


def _box_edits(box: Box | None, ticked: bool) -> Iterator[Edit]:
    if box is not None and box.ticked is not ticked:
        yield Edit(box.span, b"x" if ticked else b" ")


def _milestone_edits(mark: PhaseMark) -> Iterator[Edit]:
    old = mark.replaces or mark.phase.milestone_link
    if old is None:
        yield mark.phase.milestone_site.edit(mark.markdown)
        return
    is_same_place = safe_url(old.url) == safe_url(mark.url)
    is_same_title = old.label in {mark.title, safe_label(mark.title)}
    if mark.replaces is not None and not (is_same_place and is_same_title):
        yield Edit(old.span, mark.markdown.encode())
