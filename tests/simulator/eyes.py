"""What stands at a tracker, read from its own state and with nothing of plansync."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.local_issues import read_issues

US = "plansync"
_REGION = re.compile(r"<!-- plansync:v1 (?P<marker>[^\n]*?)-->.*?(?:<!-- /plansync -->|\Z)", re.DOTALL)
_SIGNATURE = re.compile(r"(?P<name>plan|item)=(?P<value>\S+)")
_NOT_PLANNED = {"not_planned", "duplicate", "plansync:not-planned", "plansync:duplicate"}
_OURS = re.compile(r"(?i)plansync(:.*)?|risk(:high|:medium|:low)?|breaking-change")


@dataclass(frozen=True)
class Seen:
    """One issue as people see it; ``state`` is ``open``, ``closed`` or ``not planned``."""

    number: int
    title: str
    body: str
    state: str
    author: str
    labels: frozenset[str]
    milestone: str | None
    assignees: frozenset[str]
    comments: tuple[tuple[str, str], ...]

    @property
    def marker(self) -> tuple[str, ...]:
        """Return plan and item as the marker names them; empty without one."""
        found = _REGION.search(self.body.replace("\r\n", "\n"))
        return tuple(hit["value"] for hit in _SIGNATURE.finditer(found["marker"])) if found else ()

    @property
    def is_ours(self) -> bool:
        """Say whether plansync opened it."""
        return self.author == US

    @property
    def theirs(self) -> tuple[object, ...]:
        """Return all that is people's: text around the region, labels, comments; text and title of their own issues."""
        outside = _REGION.sub("", self.body.replace("\r\n", "\n")).strip()
        labels = frozenset(label for label in self.labels if not _OURS.fullmatch(label))
        said = tuple(text for author, text in self.comments if author != US)
        return (outside, labels, said, "" if self.is_ours else self.title)


Eyes = Callable[[], Mapping[int, Seen]]


def eyes_on(name: str, world: Any) -> Eyes:
    """Return what looks at the tracker of a world of that name."""
    match name:
        case "local":
            return lambda: _local(world.root / ".plansync/tracker.db")
        case "shared":
            project = world.tracker.project
            return lambda: {number: _shared(issue) for number, issue in project.issues.items()}
        case "github":
            repository = world.people.repository
            return lambda: {issue.number: issue for issue in github_issues(repository)}
        case _:
            state, home = world.people.state, world.people.project
            return lambda: {issue.number: issue for issue in gitlab_issues(state, home)}


def github_issues(repository: Any) -> Sequence[Seen]:
    """Return the issues of a repository of the test server."""
    return [_github(issue) for issue in repository.issues.values()]


def gitlab_issues(state: Any, project: Any) -> Sequence[Seen]:
    """Return the issues of a project of the test server."""
    return [_gitlab(issue) for issue in state.issues_of(project)]


def _local(path: Path) -> Mapping[int, Seen]:
    return {
        issue.number: Seen(
            number=issue.number,
            title=issue.title,
            body=issue.body,
            state="open" if issue.closed is None else ("closed" if issue.closed == "completed" else "not planned"),
            author=issue.author,
            labels=issue.labels,
            milestone=issue.milestone,
            assignees=issue.assignees,
            comments=issue.said,
        )
        for issue in read_issues(path).values()
    }


def _shared(issue: Any) -> Seen:
    seen = issue.seen
    closed = None if seen.closed is None else seen.closed.value
    return Seen(
        number=seen.number,
        title=seen.title,
        body=seen.body,
        state="open" if closed is None else ("closed" if closed == "completed" else "not planned"),
        author=US if seen.author_is_us else "somebody",
        labels=seen.labels,
        milestone=None if seen.milestone is None else str(seen.milestone),
        assignees=frozenset(seen.assignees),
        comments=tuple(issue.comments),
    )


def _github(issue: Any) -> Seen:
    reason = issue.state_reason if issue.state == "closed" else None
    return Seen(
        number=issue.number,
        title=issue.title,
        body=issue.body or "",
        state="open" if issue.state == "open" else ("not planned" if reason in _NOT_PLANNED else "closed"),
        author=issue.user.login,
        labels=frozenset(label.name for label in issue.labels),
        milestone=issue.milestone.title if issue.milestone else None,
        assignees=frozenset(user.login for user in issue.assignees),
        comments=tuple((comment.user.login, comment.body) for comment in issue.comments),
    )


def _gitlab(issue: Any) -> Seen:
    labels = frozenset(label.name for label in issue.labels)
    closed = "not planned" if labels & _NOT_PLANNED or issue.duplicate_of or issue.moved_to else "closed"
    return Seen(
        number=issue.iid,
        title=issue.title,
        body=issue.description or "",
        state="open" if issue.state == "opened" else closed,
        author=issue.author.username,
        labels=labels,
        milestone=issue.milestone.title if issue.milestone else None,
        assignees=frozenset(user.username for user in issue.assignees),
        comments=tuple((note.author.username, note.body) for note in issue.comments),
    )
