"""Reading the embedded tracker: rows to values, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, union

from plansync.core.observed import CloseReason, ObservedIssue, ObservedMilestone, ObservedState, StateEvent
from plansync.core.region import has_marker
from plansync.ports.tracker import Asked
from plansync.trackers.local.ledger import EventKind
from plansync.trackers.local.tables import assignees, comments, events, issue_labels, issues, milestones


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the state of the tracker within one transaction, as ``us`` sees it; ``url`` is the tracker's own."""

    connection: Connection
    url: str
    us: str

    def observe(self, asked: Asked, at: datetime) -> ObservedState:
        """Return everything that carries a marker or was asked for."""
        found, titles = self._milestones(asked.milestones)
        numbers = frozenset(self.connection.execute(select(issues.c.number)).scalars())
        return ObservedState(
            issues=self._issues(asked.issues),
            milestones=found,
            gone=asked.issues - numbers,
            gone_milestones=asked.milestones - {milestone.number for milestone in found},
            at=at,
            foreign_milestone_titles=titles,
        )

    def state_events(self, number: int, since: datetime) -> tuple[StateEvent, ...]:
        """Return the closings and reopenings of an issue later than ``since``."""
        states = select(events.c.kind, events.c.detail, events.c.actor, events.c.at).where(
            events.c.issue == number,
            events.c.kind.in_((EventKind.CLOSED.value, EventKind.REOPENED.value)),
            events.c.at > since,
        )
        return tuple(
            StateEvent(at, CloseReason(detail) if kind == EventKind.CLOSED else None, actor == self.us)
            for kind, detail, actor, at in self.connection.execute(states.order_by(events.c.id))
        )

    def _issues(self, asked: Collection[int]) -> tuple[ObservedIssue, ...]:
        listed = self.connection.execute(select(issues).order_by(issues.c.number))
        rows = [row for row in listed if row.number in asked or has_marker(row.body)]
        labels = labels_by_issue(self.connection)
        people = assignees_by_issue(self.connection)
        touched = self._touched_by_others()
        return tuple(
            ObservedIssue(
                number=row.number,
                url=issue_url(self.url, row.number),
                title=row.title,
                body=row.body,
                closed=close_reason(row),
                labels=frozenset(labels.get(row.number, ())),
                milestone=row.milestone,
                assignees=tuple(people.get(row.number, ())),
                author_is_us=row.author == self.us,
                author_trusted=True,
                touched_by_others=row.number in touched,
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
            for row in rows
        )

    def _touched_by_others(self) -> frozenset[int]:
        """Return the issues that anyone but us commented on or changed."""
        changed = select(events.c.issue).where(events.c.actor != self.us)
        talked = select(comments.c.issue).where(comments.c.author != self.us)
        return frozenset(self.connection.execute(union(changed, talked)).scalars())

    def _milestones(self, asked: Collection[int]) -> tuple[tuple[ObservedMilestone, ...], frozenset[str]]:
        """Return the owned and asked-for milestones, and the titles of all others."""
        rows = self.connection.execute(select(milestones).order_by(milestones.c.number)).all()
        counts = self._issue_counts()
        ours = {row.number for row in rows if row.number in asked or has_marker(row.description)}
        found = tuple(
            ObservedMilestone(
                number=row.number,
                url=milestone_url(self.url, row.number),
                title=row.title,
                description=row.description,
                closed=row.closed,
                issues=counts.get(row.number, (0, 0)),
            )
            for row in rows
            if row.number in ours
        )
        return found, frozenset(row.title for row in rows if row.number not in ours)

    def _issue_counts(self) -> Mapping[int, tuple[int, int]]:
        """Return (closed, all) issues by milestone."""
        counts = select(issues.c.milestone, func.count(issues.c.closed), func.count()).group_by(issues.c.milestone)
        return {number: (closed, whole) for number, closed, whole in self.connection.execute(counts)}


def labels_by_issue(connection: Connection) -> Mapping[int, list[str]]:
    """Return the names of each issue's labels, sorted."""
    found: dict[int, list[str]] = defaultdict(list)
    for number, label in connection.execute(select(issue_labels).order_by(issue_labels.c.label)):
        found[number].append(label)
    return found


def assignees_by_issue(connection: Connection) -> Mapping[int, list[str]]:
    """Return who is assigned to each issue, in the order of assigning."""
    found: dict[int, list[str]] = defaultdict(list)
    people = select(assignees.c.issue, assignees.c.name).order_by(assignees.c.position)
    for number, name in connection.execute(people):
        found[number].append(name)
    return found


def close_reason(row: Row[Any]) -> CloseReason | None:
    """Return why an issue is closed, None while it is open."""
    return None if row.closed is None else CloseReason(row.closed)


def issue_url(url: str, number: int) -> str:
    """Return the address of an issue."""
    return f"{url}/issues/{number}"


def milestone_url(url: str, number: int) -> str:
    """Return the address of a milestone."""
    return f"{url}/milestones/{number}"
