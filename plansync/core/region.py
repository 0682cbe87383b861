"""Managed regions: the part of a body that plansync writes, and nothing outside it (spec §1, §4.1). Pure.

A region goes from a line that begins with a marker, ``<!-- plansync:v1 … -->``, to the line that begins with
``<!-- /plansync -->``, both included. A marker counts only where it begins a line; what kind of block stands around
it does not matter. Offsets are characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(
    r"^<!-- (?:(?P<opening>plansync:v1 )|/plansync -->)",
    re.MULTILINE,
)
_BLANK_LINES = ("\r\n\r\n", "\n\n")


class RegionDamaged(Exception):
    """A body holds no clean region where one is needed; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Region:
    """The characters ``start:end`` of a body, without the line end that follows."""

    start: int
    end: int
    text: str
    whole: bool = True
    """False for the remains of one: an opening without end, or an end without opening."""


def has_marker(body: str) -> bool:
    """Say whether a line of ``body`` begins with a marker, whatever became of its region."""
    return any(mark["opening"] for mark in _MARK.finditer(body))


def find_regions(body: str) -> tuple[Region, ...]:
    """Return all regions in order, the remains of damaged ones included.

    An opening without end reaches to the next opening, or to the end of the body.
    """
    found: list[Region] = []
    opening: int | None = None
    for mark in _MARK.finditer(body):
        if mark["opening"]:
            if opening is not None:
                found.append(_region(body, opening, mark.start(), whole=False))
            opening = mark.start()
        else:
            start = mark.start() if opening is None else opening
            found.append(_region(body, start, mark.end(), whole=opening is not None))
            opening = None
    if opening is not None:
        found.append(_region(body, opening, len(body), whole=False))
    return tuple(found)


def sole_region(body: str) -> Region | None:
    """Return the only region of ``body``, or None where there is none; raises ``RegionDamaged`` for anything else."""
    match find_regions(body):
        case ():
            return None
        case (Region(whole=True) as region,):
            return region
        case (_,):
            raise RegionDamaged("the managed region is damaged: one of its two marker lines is missing")
        case many:
            raise RegionDamaged(f"the body holds {len(many)} managed regions, or pieces of them, instead of one")


def replace_region(body: str, region: str) -> str:
    """Put ``region`` in the place of the only one, in the body's own line ends; all else stays as it is.

    Raises ``RegionDamaged`` unless ``body`` holds exactly one whole region, and ``region`` is one.
    """
    old = sole_region(body)
    if old is None:
        raise RegionDamaged("the body holds no managed region")
    return body[: old.start] + _in_line_ends_of(body, region) + body[old.end :]


def append_region(body: str, region: str) -> str:
    """Insert ``region`` below the author's text, with one blank line between.

    Line ends that close the body go on closing it, so that ``remove_region`` gives back every character. Raises
    ``RegionDamaged`` where the body holds a region already, or its remains.
    """
    if find_regions(body):
        raise RegionDamaged("the body holds a managed region already, or the remains of one")
    text = body.rstrip("\r\n")
    gap = _line_end(body) * 2 if text else ""
    return text + gap + _in_line_ends_of(body, region) + body[len(text) :]


def remove_region(body: str) -> str:
    """Take the only region out, and the blank line above it; raises ``RegionDamaged`` unless there is exactly one."""
    old = sole_region(body)
    if old is None:
        raise RegionDamaged("the body holds no managed region")
    above = body[: old.start]
    gap = next((blank for blank in _BLANK_LINES if above.endswith(blank)), "")
    return above.removesuffix(gap) + body[old.end :]


def write_region(body: str, region: str, *, adopt: bool) -> str:
    """Return ``body`` as a change of its region wants it; safe to repeat.

    region     in the body   result
    text       one           replaced
    text       none          appended with ``adopt``, else ``RegionDamaged``
    empty      one           removed
    empty      none          the body as it is
    any        else          ``RegionDamaged``
    """
    has_one = sole_region(body) is not None
    if not region:
        return remove_region(body) if has_one else body
    return append_region(body, region) if adopt and not has_one else replace_region(body, region)


def _region(body: str, start: int, end: int, *, whole: bool) -> Region:
    return Region(start, end, body[start:end], whole)


def _line_end(body: str) -> str:
    windows = body.count("\r\n")
    return "\r\n" if 2 * windows > body.count("\n") else "\n"


def _in_line_ends_of(body: str, region: str) -> str:
    unix = region.replace("\r\n", "\n").strip("\n")
    found = sole_region(unix)
    if found is None or found.text != unix:
        raise RegionDamaged("the text to write is not one managed region")
    return unix.replace("\n", _line_end(body))
