"""When plans that are written by commits are written now, later, or not any more (spec §5). Pure.

Commits that follow each other closely are gathered; and a commit that only does what the one before it did, though no
issue changed meanwhile, was undone by somebody: another program, most likely, that will undo the next one as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ENOUGH = 3
"""The unexplained commit, in a row, that is not made any more."""
FORGOTTEN = timedelta(days=7)
"""After so long, what does the same again is no repetition."""


class Answer(StrEnum):
    """What became of a plan that was to be written."""

    COMMITTED = "committed"
    PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a plan's file is to get, wherever in it, and how the plan's issues are; all as digests."""

    texts: frozenset[str]
    issues: str

    @classmethod
    def of(cls, texts: Iterable[bytes], issues: Mapping[int, str]) -> Wish:
        """Return the wish to put in ``texts``, with the issues in the states given by number (``open``, a reason)."""
        return cls(frozenset(_digest(text.hex()) for text in texts), _digest(sorted(issues.items())))

    def holds(self, other: Wish) -> bool:
        """Say whether ``other`` asks for nothing that is not in this one."""
        return self.issues == other.issues and other.texts <= self.texts


@dataclass(frozen=True, slots=True)
class Written:
    """The last commit to a plan that something explained, when it was made again, and how often in a row by then."""

    wish: Wish
    at: datetime
    unexplained: int = 0

    @property
    def is_stopped(self) -> bool:
        """Say whether nothing more is written until a person asks for it."""
        return self.unexplained >= ENOUGH


def held_until(committed_at: datetime | None, gather: timedelta, now: datetime) -> datetime | None:
    """Say until when edits are gathered, None if they are to be written now: none were written for ``gather``."""
    if committed_at is None or not now - gather < committed_at <= now:
        return None
    return committed_at + gather


def follow(known: Written | None, issues: str) -> Written | None:
    """Return what is still to be remembered of a plan whose issues are seen as ``issues``.

    What was stopped stays so; else a change at the tracker explains whatever is written next.
    """
    return known if known is not None and (known.is_stopped or known.wish.issues == issues) else None


def weigh(known: Written | None, wish: Wish, now: datetime) -> Written:
    """Return what would be remembered if ``wish`` were written now; that it ``is_stopped`` says that it may not.

    the last commit to this plan that was explained           this one
    none, or made a week ago for the last time                is explained
    lacked something that is put in now                       is explained
    was made while the plan's issues were in other states     is explained
    else                                                      is not: what it did was undone, or nothing had changed
    """
    if known is None or now - known.at > FORGOTTEN or not known.wish.holds(wish):
        return Written(wish, now)
    return Written(known.wish, now, known.unexplained + 1)


def note(known: Written | None, wish: Wish, answer: Answer, now: datetime) -> tuple[Written, bool]:
    """Return what is to be remembered of a plan that was written, and whether that was news.

    A proposal that waits for review is made again by every run; only the first is news, and none is counted.
    """
    if answer is Answer.COMMITTED:
        return weigh(known, wish, now), True
    if known is not None and known.wish.holds(wish):
        return known, False
    return Written(wish, now), True


def forgotten(known: Mapping[str, Written], listed: Collection[str], now: datetime) -> frozenset[str]:
    """Return the plans of which nothing need be remembered: what was written is long ago, or the file is gone."""
    old = (path for path, written in known.items() if not written.is_stopped and now - written.at > FORGOTTEN)
    return frozenset(old) | (known.keys() - frozenset(listed))


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]
