"""Checklists in an issue's managed region (spec §4.1). Pure.

A tick that people set in the tracker is theirs: when the region is written anew, each of its checklist lines keeps
the tick that the same line had before, known by text and occurrence. Only lines that are boxes in the plan are
decided elsewhere (:mod:`plansync.core.state`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plansync.core.identity import normal_text

_LINE = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[([ xX])\][ \t]+(.*)")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})(.*)")


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One ``- [ ] text`` line. ``occurrence`` counts lines of equal normal text from 0; ``offset`` is the mark's."""

    text: str
    occurrence: int
    ticked: bool
    offset: int

    @property
    def key(self) -> tuple[str, int]:
        """Return what the line is known by."""
        return normal_text(self.text), self.occurrence


def read_checklist(region: str) -> tuple[CheckLine, ...]:
    """Return the checklist lines of ``region`` in order, at any depth, those in code fences left out."""
    seen: dict[str, int] = {}
    found: list[CheckLine] = []
    for start, line in _open_lines(region):
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        normal = normal_text(match[2])
        occurrence = seen.get(normal, 0)
        seen[normal] = occurrence + 1
        found.append(CheckLine(match[2].rstrip(), occurrence, match[1] != " ", start + match.start(1)))
    return tuple(found)


def merge_ticks(wanted: str, observed: str, decided: Mapping[tuple[str, int], bool]) -> str:
    """Return the region ``wanted`` with the ticks that its lines have in ``observed``.

    ``decided`` holds the lines that are boxes in the plan, by text as it stands in the region and occurrence: they
    are ticked as it says. A line that is in neither keeps its own mark.
    """
    ticks = {line.key: line.ticked for line in read_checklist(observed)}
    ticks |= {(normal_text(text), occurrence): ticked for (text, occurrence), ticked in decided.items()}
    merged = list(wanted)
    for line in read_checklist(wanted):
        if ticks.get(line.key, line.ticked) is not line.ticked:
            merged[line.offset] = " " if line.ticked else "x"
    return "".join(merged)


def _open_lines(region: str) -> Iterator[tuple[int, str]]:
    """Yield offset and text (without line end) of the lines outside code fences."""
    fence = ""
    start = 0
    for raw in region.split("\n"):
        line = raw.removesuffix("\r")
        match = _FENCE.fullmatch(line)
        if fence:
            is_end = match is not None and match[1].startswith(fence) and not match[2].strip()
            fence = "" if is_end else fence
        elif match is not None and not (match[1][0] == "`" and "`" in match[2]):
            fence = match[1]
        else:
            yield start, line
        start += len(raw) + 1
