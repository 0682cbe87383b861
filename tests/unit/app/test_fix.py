"""Mending writes a file as a sync does: if it is still what was read, whole, and only if it reads as intended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from plansync.app.fix import TRIES, fix_plan
from plansync.app.shelf import Shelf
from plansync.core.model import Plan
from plansync.core.parser import parse_plan
from plansync.core.rules import StatusWords
from plansync.errors import SourceError
from plansync.ports.source import BranchRule, Changed, Content, Note, Refused, Replacement, Saved, Unreadable

BARE = b"# T\n\n## Implementation Phases\n\n### Phase 1: A\n\n- **Tasks:**\n  - [ ] one\n"
MENDED = BARE.replace(b"# T\n", b"# T\n\n**Status:** Draft\n")


@dataclass
class File:
    """A source with one file. ``before_save`` may do what somebody else does just then."""

    data: bytes
    before_save: list[Callable[[File], Saved | None]] = field(default_factory=list)
    uid: str = "folder:/plans"

    def refresh(self) -> None: ...

    def list(self) -> Sequence[str]:
        return ["a.md"]

    def read(self, path: str) -> Content | Unreadable:
        return Content(path, self.data, "1") if self.data else Unreadable(path, "PS103", "gone")

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        (item,) = replacements
        answer = self.before_save.pop(0)(self) if self.before_save else None
        if answer is not None:
            return [answer]
        if item.content.data != self.data:
            return [Changed("a.md", "a.md: was saved by somebody else meanwhile")]
        self.data = item.data
        return [replace(item.content, data=item.data)]

    def branch_rule(self) -> BranchRule:
        return BranchRule(True)


def fixed(file: File, parse: Callable[[bytes], Plan] = parse_plan) -> str | None:
    """Mend the file, and return what was put in."""
    mend = fix_plan(Shelf(file), ["a.md"], StatusWords(), parse)
    return mend.text if mend else None


def test_a_missing_status_line_is_put_in_once() -> None:
    file = File(BARE)
    assert fixed(file) == "**Status:** Draft"
    assert file.data == MENDED
    assert fixed(file) is None
    assert file.data == MENDED


@pytest.mark.parametrize("data", [b"", b"\xff", b"<<<<<<< a\n=======\n>>>>>>> b\n" + BARE, BARE.replace(b"- [ ]", b"")])
def test_a_file_that_cannot_be_read_or_is_no_plan_is_left_alone(data: bytes) -> None:
    file = File(data)
    assert fixed(file) is None
    assert file.data == data


def test_a_file_that_somebody_saves_meanwhile_is_read_again() -> None:
    def save(file: File) -> None:
        file.data += b"  - [x] two\n"

    file = File(BARE, [save])
    assert fixed(file) == "**Status:** In Progress"
    assert file.data == BARE.replace(b"# T\n", b"# T\n\n**Status:** In Progress\n") + b"  - [x] two\n"


def test_a_file_that_never_rests_is_given_up() -> None:
    def save(file: File) -> None:
        file.data += b"\n"

    file = File(BARE, [save] * TRIES)
    with pytest.raises(SourceError, match="saved by somebody else each of 5 times"):
        fixed(file)
    assert file.data == BARE + b"\n" * TRIES


def test_a_refusal_is_an_error_with_its_hint() -> None:
    file = File(BARE, [lambda file: Refused("a.md", "a.md: cannot be written: the file is read-only", "chmod u+w")])
    with pytest.raises(SourceError, match="read-only") as refused:
        fixed(file)
    assert refused.value.hint == "chmod u+w"
    assert file.data == BARE


def test_a_result_that_would_not_read_as_intended_is_not_written() -> None:
    def parse(data: bytes) -> Plan:
        plan = parse_plan(data)
        return replace(plan, title="Other") if b"Status" in data else plan

    file = File(BARE)
    with pytest.raises(SourceError, match="it would not read as intended"):
        fixed(file, parse)
    assert file.data == BARE
