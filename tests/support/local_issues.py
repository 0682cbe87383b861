"""The embedded tracker's issues, read from its file with nothing of plansync."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_REGION = re.compile(r"(?s)<!-- plansync:v1 (?P<marker>[^\n]*?)-->.*?<!-- /plansync -->")
_NAMES = re.compile(r"\b(?:plan|item)=(\S+)")


@dataclass(frozen=True)
class Issue:
    """One issue as people see it; ``closed`` is the reason, None while it is open."""

    number: int
    title: str
    body: str
    closed: str | None
    author: str
    milestone: str | None
    labels: frozenset[str]
    assignees: frozenset[str]
    said: tuple[tuple[str, str], ...]
    """Author and text of each comment, oldest first."""

    @property
    def comments(self) -> tuple[str, ...]:
        """Return what was said, whoever said it."""
        return tuple(text for _, text in self.said)

    @property
    def marker(self) -> tuple[str, ...]:
        """Return plan and item that the marker names; empty without one."""
        found = _REGION.search(self.body)
        return tuple(_NAMES.findall(found["marker"])) if found else ()

    @property
    def around(self) -> str:
        """Return the text above and below the region."""
        return _REGION.sub("", self.body)


def read_issues(tracker: Path) -> Mapping[int, Issue]:
    """Return all issues by number; none while there is no tracker yet."""
    if not tracker.exists():
        return {}
    with closing(sqlite3.connect(tracker, timeout=60)) as raw:
        raw.execute("begin")  # all of it is of one moment
        if not raw.execute("select 1 from sqlite_master where name = 'issues'").fetchone():
            return {}
        titles = dict(raw.execute("select number, title from milestones"))
        labels = _by_issue(raw, "select issue, label from issue_labels")
        assignees = _by_issue(raw, "select issue, name from assignees")
        said = _by_issue(raw, "select issue, author, text from comments order by id")
        rows = raw.execute("select number, title, body, closed, author, milestone from issues").fetchall()
    return {
        number: Issue(
            number=number,
            title=title,
            body=body,
            closed=closed,
            author=author,
            milestone=titles.get(milestone),
            labels=frozenset(name for (name,) in labels.get(number, ())),
            assignees=frozenset(name for (name,) in assignees.get(number, ())),
            said=tuple((author, text) for author, text in said.get(number, ())),
        )
        for number, title, body, closed, author, milestone in rows
    }


def _by_issue(raw: sqlite3.Connection, query: str) -> dict[int, list[tuple[str, ...]]]:
    found: dict[int, list[tuple[str, ...]]] = {}
    for number, *rest in raw.execute(query):
        found.setdefault(number, []).append(tuple(rest))
    return found
