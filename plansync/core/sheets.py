"""The files of a plan and their bytes (ADR 0028). Pure.

A plan of several files has one system of offsets: its files are thought to lie one behind the other, with one byte
between, so that every span and site is in one file, and no two files' are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from plansync.core.text import Edit, Span, apply_edits


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of a plan. ``name`` is its name in the plan's folder, empty where it is the only one."""

    name: str
    data: bytes = field(repr=False)


def begins_of(sheets: Sequence[Sheet]) -> Iterator[int]:
    """Yield the offset at which each of ``sheets`` begins."""
    at = 0
    for sheet in sheets:
        yield at
        at += len(sheet.data) + 1


def edit_sheets(sheets: Sequence[Sheet], edits: Iterable[Edit]) -> tuple[Sheet, ...]:
    """Splice each of ``edits`` into the file that it is for. Raises ``ValueError`` as ``apply_edits`` does."""
    left = list(edits)
    result: list[Sheet] = []
    for sheet, begin in zip(sheets, begins_of(sheets), strict=True):
        whole = Span(begin, begin + len(sheet.data))
        mine = [Edit(_moved(edit.span, -begin), edit.text) for edit in left if whole.holds(edit.span)]
        left = [edit for edit in left if not whole.holds(edit.span)]
        result.append(Sheet(sheet.name, apply_edits(sheet.data, mine)))
    if left:
        raise ValueError(f"edit {left[0].span.start}:{left[0].span.end} leaves its file")
    return tuple(result)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
