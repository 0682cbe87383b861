"""How a plan's parts shall read once marks are written to them (spec §5). Pure.

Each function takes a part as it was, the same part as it reads now, and what was meant; it returns the part as it
should read. The new part is consulted only where the reader has a say in it: the order of links, the place of a field
that was put in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from plansync.core.cells import cell_box
from plansync.core.design import Field
from plansync.core.grammar.words import name_key
from plansync.core.model import Box, Detail, Item, Link, LinkPlace, Phase, State, StatusLine, Task
from plansync.core.numbers import without_number
from plansync.core.text import Edit
from plansync.core.writeback import ItemMark, PhaseMark, safe_label, safe_url

_BOX = re.compile(r"(?<=\[)[^\]\r\n](?=\][ \t])")


def intend_item(old: Item, new: Item, mark: ItemMark) -> Item:
    """Return ``old`` with the link, boxes and Status cell of ``mark``."""
    cell = old.status_cell
    bare = old.bare if mark.over_number else None
    old = old if bare is None else without_number(old, bare)
    return replace(
        _with_body(old, new) if mark.details else old,
        links=_intend_links(old, new, mark),
        bare=old.bare if mark.link is None else new.bare,
        box=_intend_made_box(old, mark) if mark.make_box else _intend_box(old.box, mark.box),
        status_cell=replace(cell, raw=mark.cell) if cell is not None and mark.cell is not None else cell,
        state=_intend_state(old, new, mark),
        details=tuple(_intend_detail(detail, mark) for detail in old.details),
    )


def intend_phase(old: Phase, new: Phase, mark: PhaseMark) -> Phase:
    """Return ``old`` with the milestone link of ``mark``; its Milestone field may stand anywhere."""
    link, found = old.milestone_link, new.milestone_link
    if link is None or mark.replaces is not None:
        url, labels = safe_url(mark.url), (mark.title, safe_label(mark.title))
        is_written = found is not None and found.url == url and found.label in labels
        link = found if is_written else Link(labels[1], url, old.span, old.span, LinkPlace.LEAD)
    return replace(old, milestone_link=link, fields=intend_fields(old.fields, new.fields, {"milestone"}))


def intend_fields(old: tuple[Field, ...], new: tuple[Field, ...], settled: Collection[str]) -> tuple[Field, ...]:
    """Return ``old`` with the fields named in ``settled`` as they are in ``new``: those are compared elsewhere."""
    kept = [field for field in old if name_key(field.name) not in settled]
    if len(kept) != sum(name_key(field.name) not in settled for field in new):
        return old
    rest = iter(kept)
    return tuple(field if name_key(field.name) in settled else next(rest) for field in new)


def intend_status(old: StatusLine | None, new: StatusLine | None, edits: Iterable[Edit]) -> StatusLine | None:
    """Return ``old`` with the value that one of ``edits`` gives it, or the Status line that one of them puts in."""
    if old is None:
        is_inserted = new is not None and any(new.raw.encode() in edit.text for edit in edits)
        return new if is_inserted else None
    text = next((edit.text.decode() for edit in edits if edit.span == old.span), None)
    return old if text is None else replace(old, raw=text.removeprefix(old.gap), gap=new.gap if new else "")


def _with_body(old: Item, new: Item) -> Item:
    """Return ``old`` with the body of ``new`` where only boxes differ: a task's details may stand in its body, too."""
    if isinstance(old, Task) and isinstance(new, Task) and _BOX.sub("", old.body) == _BOX.sub("", new.body):
        return replace(old, body=new.body)
    return old


def _intend_links(old: Item, new: Item, mark: ItemMark) -> tuple[Link, ...]:
    """Return the links; their order, and the place of those that were there, is the reader's word."""
    if mark.link is None:
        return old.links
    if not mark.over_number and any(safe_url(link.url) == safe_url(mark.link.url) for link in old.links):
        return old.links
    place = LinkPlace.TAIL if mark.replaces is None else mark.replaces.place
    wanted = Link(f"#{mark.link.number}", safe_url(mark.link.url), old.span, old.span, place)
    links = (*(link for link in old.links if link != mark.replaces), wanted)
    is_evidence = any(link.url == wanted.url and link.place is not LinkPlace.MENTION for link in new.links)
    is_same = Counter(map(_face, links)) == Counter(map(_face, new.links))
    return new.links if is_same and (is_evidence or place is LinkPlace.MENTION) else links


def _face(link: Link) -> tuple[str, str]:
    return link.label, link.url


def _intend_box(box: Box | None, ticked: bool | None) -> Box | None:
    if box is None or ticked is None or box.ticked is ticked:
        return box
    return replace(box, mark="x" if ticked else " ")


def _intend_made_box(old: Item, mark: ItemMark) -> Box | None:
    if old.box is not None or old.box_site is None:
        return old.box
    return Box("x" if mark.box else " ", old.span)


def _intend_detail(detail: Detail, mark: ItemMark) -> Detail:
    if detail.box is None:
        return detail
    asked = {change.detail.box.span: change.box for change in mark.details if change.detail.box is not None}
    return replace(detail, box=_intend_box(detail.box, asked.get(detail.box.span)))


def _intend_state(old: Item, new: Item, mark: ItemMark) -> State:
    """Return the state that follows; an unticked item may still be done by a leading ✅, which is the reader's word."""
    is_done = _asked_state(old, mark)
    if is_done is None or old.state is State.CANCELLED:
        return old.state
    if is_done:
        return State.DONE
    return State.OPEN if new.state is State.CANCELLED else new.state


def _asked_state(old: Item, mark: ItemMark) -> bool | None:
    if mark.cell is not None and old.status_cell is not None:
        return cell_box(replace(old.status_cell, raw=mark.cell))
    has_box = old.box is not None or (mark.make_box and old.box_site is not None)
    return bool(mark.box) if has_box and (mark.make_box or mark.box is not None) else None
