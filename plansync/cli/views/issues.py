"""Issues of the embedded tracker: one a line, or one with all that was said and done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from plansync.cli.lines import Line, Role, indented

if TYPE_CHECKING:
    from plansync.trackers.local.desk import LocalComment, LocalEvent, LocalIssue, LocalPage


def list_lines(issues: Iterable[LocalIssue]) -> Iterator[Line]:
    """Yield one line for each issue: number, state, title, milestone."""
    for issue in issues:
        place = f"  ({issue.milestone})" if issue.milestone else ""
        role = Role.PLAIN if issue.closed is None else Role.FAINT
        yield Line(f"#{issue.number:<4} {_state(issue)}  {issue.title}{place}", role)


def page_lines(page: LocalPage) -> Iterator[Line]:
    """Yield an issue's title, fields and body, then comments and events in the order of time."""
    issue = page.issue
    yield Line(f"#{issue.number}  {issue.title}", Role.TITLE)
    fields = (
        ("State", _state(issue)),
        ("Milestone", issue.milestone),
        ("Labels", ", ".join(issue.labels)),
        ("Assignees", ", ".join(issue.assignees)),
        ("Opened", f"{_time(issue.created_at)} by {issue.author}"),
        ("Link", issue.url),
    )
    yield from (Line(f"{name + ':':<11}{value}", Role.FAINT) for name, value in fields if value)
    yield Line("")
    yield from (Line(line.rstrip("\r")) for line in issue.body.split("\n"))
    entries = [(comment.at, list(_comment(comment))) for comment in page.comments]
    entries += [(event.at, [_event(event)]) for event in page.events]
    yield Line("")
    for _, lines in sorted(entries, key=lambda entry: entry[0]):
        yield from lines


def _comment(comment: LocalComment) -> Iterator[Line]:
    yield Line(f"{_time(comment.at)}  {comment.author}:", Role.TITLE)
    yield from indented(Line(line) for line in comment.text.split("\n"))


def _event(event: LocalEvent) -> Line:
    return Line(f"{_time(event.at)}  {event.actor} {event.kind} {event.detail}".rstrip(), Role.FAINT)


def _state(issue: LocalIssue) -> str:
    return "open" if issue.closed is None else f"closed ({issue.closed.value.replace('_', ' ')})"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
