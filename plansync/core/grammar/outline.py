"""Headings make sections; ``<!-- TASK:BEGIN … -->`` comments make TASK blocks, whose headings make none (spec §2).

Only top-level headings count: what stands in a list, quote, fence or comment is no section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from plansync.core.blocks import Block, Kind
from plansync.core.grammar.page import Page, comment_texts, comments
from plansync.core.grammar.words import name_key, section_name
from plansync.core.text import Span

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TASK_MARK = re.compile(r"<!--\s*TASK:(?:BEGIN\s+id=(?P<id>[^\s>]+)|(?P<end>END))\s*-->", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TaskBlock:
    """What stands between ``<!-- TASK:BEGIN id=T001 -->`` and ``<!-- TASK:END -->``."""

    id: str
    span: Span
    heading: Block | None
    blocks: tuple[Block, ...]
    """Without the comments and the heading."""
    closed: bool


Entry = Block | TaskBlock


def is_rule(entry: Entry) -> bool:
    """Say whether ``entry`` is a thematic break, which separates sections and belongs to none."""
    return isinstance(entry, Block) and entry.kind is Kind.RULE


@dataclass(slots=True, eq=False)
class Part:
    """A heading and what stands below it; the root has no heading."""

    heading: Block | None
    name: str
    level: int
    entries: list[Entry] = field(default_factory=list)
    """Up to the next heading of any level."""
    parts: list[Part] = field(default_factory=list)
    parent: Part | None = None

    @property
    def key(self) -> str:
        """Return the name as names compare."""
        return name_key(self.name)

    @property
    def span(self) -> Span:
        """Return the range from the heading to the end of the last sub-section."""
        last = self
        while last.parts:
            last = last.parts[-1]
        ends = [entry.span.end for entry in (last.heading, *last.entries[-1:]) if entry is not None]
        return Span(self.heading.span.start if self.heading else 0, max(ends, default=0))

    @property
    def text_end(self) -> int:
        """Return the end of the last thing in the part that is no rule."""
        ends = [entry.span.end for part in self.walk() for entry in part.entries if not is_rule(entry)]
        headings = [part.heading.span.end for part in self.walk() if part.heading is not None]
        return max((*ends[-1:], *headings[-1:]), default=0)

    def walk(self) -> Iterator[Part]:
        """Yield this part and all below it, in file order."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def all_entries(self) -> Iterator[Entry]:
        """Yield everything in the part in file order, headings of sub-sections among it."""
        yield from self.entries
        for part in self.parts:
            yield from (heading for heading in (part.heading,) if heading is not None)
            yield from part.all_entries()

    def own_blocks(self) -> tuple[Block, ...]:
        """Return the blocks up to the next heading, without TASK blocks."""
        return tuple(entry for entry in self.entries if isinstance(entry, Block))

    def all_blocks(self) -> tuple[Block, ...]:
        """Return all blocks in the part, without TASK blocks."""
        return tuple(entry for entry in self.all_entries() if isinstance(entry, Block))

    def ancestors(self) -> Iterator[Part]:
        """Yield this part and those around it, innermost first, the root left out."""
        part: Part | None = self
        while part is not None and part.heading is not None:
            yield part
            part = part.parent


def read_outline(page: Page, blocks: Sequence[Block]) -> Part:
    """Return the root of the sections of ``blocks``."""
    root = Part(None, "", 0)
    current = root
    for entry in _group_tasks(page, blocks):
        if isinstance(entry, Block) and entry.kind is Kind.HEADING:
            while current.parent is not None and current.level >= entry.level:
                current = current.parent
            hidden = [comment.span for comment in comments(entry.inlines)]
            name = section_name(page.joined(entry.text_span, hidden))
            part = Part(entry, name, entry.level, parent=current)
            current.parts.append(part)
            current = part
        else:
            current.entries.append(entry)
    return root


@dataclass(slots=True)
class _OpenTask:
    id: str
    start: int
    closed: bool
    blocks: list[Block] = field(default_factory=list)

    def finish(self, end: int | None = None) -> TaskBlock:
        heading = self._heading()
        rest = tuple(block for block in self.blocks if block is not heading)
        last = self.blocks[-1].span.end if self.blocks else self.start
        return TaskBlock(self.id, Span(self.start, last if end is None else end), heading, rest, self.closed)

    def is_left_by(self, block: Block) -> bool:
        """Say whether ``block`` is a heading that an unclosed task cannot hold."""
        if self.closed or block.kind is not Kind.HEADING:
            return False
        heading = self._heading()
        return block.level <= (heading.level if heading else 2)

    def _heading(self) -> Block | None:
        return next((block for block in self.blocks if block.kind is Kind.HEADING), None)


def _group_tasks(page: Page, blocks: Sequence[Block]) -> Iterator[Entry]:
    marks = [_task_marks(page, block) for block in blocks]
    following = iter([mark["end"] is not None for of_block in marks for mark in of_block][1:])
    task: _OpenTask | None = None
    for block, of_block in zip(blocks, marks, strict=True):
        if task is not None and task.is_left_by(block):
            yield task.finish()
            task = None
        is_text = block.kind is not Kind.HTML or not of_block
        if is_text and task is None:
            yield block
        elif is_text and task is not None:
            task.blocks.append(block)
        for mark in of_block:
            ends_next = next(following, False)
            if task is not None:
                yield task.finish(block.span.end if mark["end"] else None)
            task = None if mark["end"] else _OpenTask(mark["id"], block.span.start, ends_next)
    if task is not None:
        yield task.finish()


def _task_marks(page: Page, block: Block) -> list[re.Match[str]]:
    """Return the marks in ``block``: a task begins at the top level only, but may end inside its last list."""
    whole = [comment for text in comment_texts(page, block) for comment in _whole_comments(text)]
    found = [mark for comment in whole if (mark := _TASK_MARK.fullmatch(comment)) is not None]
    return found if block.kind is Kind.HTML else [mark for mark in found if mark["end"]]


def _whole_comments(text: str) -> list[str]:
    """Return the comments in ``text``; behind the last ``-->`` there is none, so that nothing is searched in vain."""
    return _COMMENT.findall(text, 0, text.rfind("-->") + len("-->"))
