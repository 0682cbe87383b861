"""What happened at a host, as its webhooks tell it. Pure.

A project is named by its page: host and path without case, as :func:`plansync.core.links.page_of` returns them.
Whatever was sent is bounded here: a word, a number, a name, never a text that a person wrote.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from plansync.core.fit import kept_line, kept_text
from plansync.core.scope import Glimpse

_WORD = re.compile(r"[a-z][a-z_]{0,39}")
_LOGIN = re.compile(r"[\w.\[\]-]{1,255}")
_HIGHEST = 2**53
_PATHS_TOLD = 3000
"""With more, to find the plans among them, for each target, would take longer than hosts wait for an answer."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """Commits came to a branch. ``paths`` are the files they touched; None where the host does not list them all."""

    page: str
    branch: str
    default_branch: str
    paths: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class IssueMoved:
    """Something happened to an issue; ``what`` says it in one word (``closed``)."""

    page: str
    number: int
    what: str
    glimpse: Glimpse


@dataclass(frozen=True, slots=True)
class ProjectMoved:
    """Something happened to what many issues share; ``what`` says it in two words (``milestone closed``)."""

    page: str
    what: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing that a plan could follow, and why."""

    reason: str


Event: TypeAlias = Pushed | IssueMoved | ProjectMoved | Nothing

ODD = Nothing("it is of no known shape")
PING = Nothing("it says that the webhook is there")


def issue_digest(title: str, body: str, closed: str | None, labels: Iterable[str], assignees: Iterable[str]) -> str:
    """Return hexadecimal digits that stand for what both an event and a listing show of an issue.

    Texts count in the form that they are compared in; ``closed`` is the reason for closing, None while it is open.
    Milestones are left out: GitLab's events name them by another number.
    """
    shown = [kept_line(title), kept_text(body), closed, sorted(labels), sorted(assignees)]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]


def told_word(value: object) -> str:
    """Return a host's word for what was done, if it is one."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else "changed"


def told_login(value: object) -> str:
    """Return an account's name, empty if it is none."""
    return value if isinstance(value, str) and _LOGIN.fullmatch(value) else ""


def told_number(value: object) -> int | None:
    """Return an issue's number, None if it is none."""
    return value if type(value) is int and 0 < value < _HIGHEST else None


def told_paths(values: Iterable[str]) -> frozenset[str] | None:
    """Return paths of files; None if they are very many, or one of them cannot be a path in the database."""
    paths = frozenset(values)
    return paths if len(paths) <= _PATHS_TOLD and all(path.isprintable() for path in paths) else None
