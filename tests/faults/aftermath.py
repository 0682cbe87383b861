"""What runs left behind: plans and tracker, read with nothing of plansync, and comparable whatever numbers issues got."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Rows = list[tuple[object, ...]]

_ISSUES = """
select i.title, i.body, i.closed, i.author, m.title,
       (select group_concat(label, ' ') from (select label from issue_labels where issue = i.number order by label)),
       (select group_concat(name, ' ') from (select name from assignees where issue = i.number order by position)),
       (select group_concat(text, ' + ') from (select text from comments where issue = i.number order by id))
from issues i left join milestones m on m.number = i.milestone order by i.title, i.number
"""


@dataclass(frozen=True)
class Aftermath:
    """Everything that people would see."""

    plans: Mapping[str, str]
    issues: Rows
    milestones: Rows
    files: frozenset[str]

    @property
    def titles(self) -> list[object]:
        """Return the titles of all issues and milestones; one that is there twice is there twice."""
        return [row[0] for row in (*self.issues, *self.milestones)]


def aftermath(folder: Path) -> Aftermath:
    """Read ``folder``; links to issues and milestones are given by title instead of number."""
    tracker = folder / ".plansync/tracker.db"
    if not tracker.exists():
        return Aftermath({}, [], [], frozenset())
    with closing(sqlite3.connect(tracker)) as connection:
        names = {
            kind: dict(connection.execute(f"select number, title from {kind}").fetchall())
            for kind in ("issues", "milestones")
        }
        return Aftermath(
            plans={file.name: _named(file.read_bytes().decode(), names) for file in (folder / "plans").glob("*.md")},
            issues=_rows(connection, _ISSUES, names),
            milestones=_rows(connection, "select title, description, closed from milestones order by title", names),
            files=frozenset(path.name for path in (folder / "plans").iterdir()),
        )


def _rows(connection: sqlite3.Connection, query: str, names: Mapping[str, Mapping[int, str]]) -> Rows:
    return [
        tuple(_named(cell, names) if isinstance(cell, str) else cell for cell in row)
        for row in connection.execute(query).fetchall()
    ]


def _named(text: str, names: Mapping[str, Mapping[int, str]]) -> str:
    text = re.sub(r"\[#(\d+)\](?=\(\S+/issues/\1\))", "[#]", text)
    return re.sub(r"/(issues|milestones)/(\d+)", lambda hit: f"/{hit[1]}/<{names[hit[1]].get(int(hit[2]))}>", text)
