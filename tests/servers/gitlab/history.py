"""The history of an issue in the GitLab test server: system notes, resource events, and what differs."""

from __future__ import annotations

from typing import Any

from tests.servers.gitlab.state import State
from tests.servers.gitlab.values import Event, Issue, Label, Milestone, Note, User


def note(state: State, issue: Issue, user: User, body: str) -> Note:
    """Add a comment, in a discussion of its own."""
    now, number = state.now(), state.new_id("note")
    new = Note(number, body, user, now, now, discussion=f"{number:040x}")
    issue.notes.append(new)
    return new


def system_note(state: State, issue: Issue, user: User, body: str) -> None:
    """Add a line of history; it moves the issue's time, too."""
    new = note(state, issue, user, body)
    new.system = True
    issue.updated_at = new.created_at


def event(state: State, issue: Issue, user: User, what: tuple[str, str, Label | Milestone | int | None]) -> None:
    """Add a resource event: kind, action, and what it is about."""
    kind, action, subject = what
    issue.events.append(Event(state.new_id("event"), kind, action, user, state.now(), subject))


def record(state: State, issue: Issue, user: User, name: str, old: Any) -> None:
    """Write down that a field has a new value."""
    match name:
        case "milestone":
            if issue.milestone is not None:
                event(state, issue, user, ("milestone", "add", issue.milestone))
            elif isinstance(old, Milestone):
                event(state, issue, user, ("milestone", "remove", old))
        case "weight":
            event(state, issue, user, ("weight", "set", issue.weight or 0))
        case _:
            system_note(state, issue, user, _words(issue, name, old))


def _words(issue: Issue, name: str, old: Any) -> str:
    match name:
        case "title":
            return retitled(old, issue.title)
        case "description":
            return "changed the description"
        case "assignees":
            return _reassigned(old, issue.assignees)
        case "confidential":
            return "made the issue confidential" if issue.confidential else "made the issue visible to everyone"
        case _:
            return f"{'locked' if issue.discussion_locked else 'unlocked'} the discussion in this issue"


def retitled(old: str, new: str) -> str:
    """Return GitLab's line about a new title, with the differing middle marked."""
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])

    def marked(text: str, sign: str) -> str:
        middle = text[start : len(text) - end]
        return f"{text[:start]}{{{sign}{middle}{sign}}}{text[len(text) - end :]}" if middle else text

    return f"changed title from **{marked(old, '-')}** to **{marked(new, '+')}**"


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts share at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _reassigned(old: list[User], new: list[User]) -> str:
    added = [f"@{user.username}" for user in new if user not in old]
    gone = [f"@{user.username}" for user in old if user not in new]
    parts = [f"assigned to {_sentence(added)}"] if added else []
    return " and ".join([*parts, *([f"unassigned {_sentence(gone)}"] if gone else [])])


def _sentence(words: list[str]) -> str:
    if len(words) < 3:
        return " and ".join(words)
    return f"{', '.join(words[:-1])}, and {words[-1]}"


def snapshot(issue: Issue) -> dict[str, Any]:
    """Return what a web hook's ``changes`` compares."""
    return {
        "title": issue.title,
        "description": issue.description,
        "state_id": 1 if issue.state == "opened" else 2,
        "labels": tuple(label.id for label in issue.labels),
        "milestone_id": None if issue.milestone is None else issue.milestone.id,
        "assignees": tuple(user.id for user in issue.assignees),
        "confidential": issue.confidential,
        "discussion_locked": issue.discussion_locked,
        "due_date": issue.due_date,
        "weight": issue.weight,
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return previous and current value of whatever differs."""
    return {name: {"previous": before[name], "current": after[name]} for name in before if before[name] != after[name]}
