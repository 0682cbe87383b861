"""GitHub's webhooks: is a delivery GitHub's, which one is it, and what happened. Pure.

event                             what happened
push                              Pushed, for branches
issues                            IssueMoved; what plansync keeps nothing of (locked, pinned, …) is nothing
sub_issues, issue_dependencies    IssueMoved, of both issues
milestone, label                  ProjectMoved
repository                        ProjectMoved, under the old name too
all others                        nothing

Source of the shapes: https://docs.github.com/en/webhooks/webhook-events-and-payloads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qs

from plansync.core.events import (
    ODD,
    PING,
    Event,
    IssueMoved,
    Nothing,
    ProjectMoved,
    Pushed,
    told_login,
    told_number,
    told_paths,
    told_word,
)
from plansync.core.links import page_of
from plansync.core.scope import Glimpse
from plansync.core.signatures import doubt_hub_signature
from plansync.trackers.github import mapping
from plansync.trackers.hosted.letters import SHAPES, Reader, Wire, delivery_name, read_body, read_shape

COMMITS_LISTED = 2048
"""The most commits that are listed of one push."""
FILES_LISTED = 3000
"""The most files that are listed of one commit."""
_BRANCH = "refs/heads/"
_KEPT_NOWHERE = frozenset({"locked", "unlocked", "pinned", "unpinned", "typed", "untyped"})
_GONE = frozenset({"deleted", "transferred"})
"""After these an issue is to be looked at, whatever its event shows."""


def doubt(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str:
    """Return why a delivery is not believed to be GitHub's, or an empty text."""
    return doubt_hub_signature(headers.get("x-hub-signature-256", ""), body, secrets)


def delivery_of(headers: Mapping[str, str], body: bytes) -> str:
    """Return the delivery's name, which it has again when it is sent again."""
    return delivery_name("github", headers.get("x-github-delivery", ""))


def events_of(headers: Mapping[str, str], body: bytes) -> tuple[Event, ...]:
    """Return what happened; ``ValueError`` if the body is not JSON, plain or as the one field of a form."""
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        body = parse_qs(body.decode()).get("payload", [""])[0].encode("utf-8", "surrogatepass")
    payload = read_body(body)
    read = EVENTS.get(headers.get("x-github-event", ""))
    if read is None:
        return (Nothing("no plan follows such events"),)
    return read_shape(read, payload)


def _ping(wire: Wire) -> tuple[Event, ...]:
    return (PING,)


def _push(wire: Wire) -> tuple[Event, ...]:
    ref, repository = wire["ref"], wire["repository"]
    if not ref.startswith(_BRANCH):
        return (Nothing("it is no branch that was pushed to"),)
    page, default_branch = page_of(repository["html_url"]), str(repository.get("default_branch") or "")
    return (Pushed(page, ref.removeprefix(_BRANCH), default_branch, _paths(wire)),)


def _paths(wire: Wire) -> frozenset[str] | None:
    """Return the files of all commits; None where some are left out, or not among what is compared."""
    commits = wire["commits"]
    listed = [_files(commit) for commit in commits]
    is_cut = (
        wire.get("forced")
        or wire.get("created")
        or wire.get("deleted")
        or len(commits) >= COMMITS_LISTED
        or len(commits) < wire.get("size", 0)
        or any(files is None or len(files) >= FILES_LISTED for files in listed)
        or not any(listed)
    )
    return None if is_cut else told_paths(path for files in listed for path in files or ())


def _files(commit: Wire) -> list[str] | None:
    """Return the files of a commit, None where they are not told."""
    kinds = ("added", "modified", "removed")
    return [path for kind in kinds for path in commit[kind]] if all(kind in commit for kind in kinds) else None


def _issues(wire: Wire) -> tuple[Event, ...]:
    what = told_word(wire.get("action"))
    if what in _KEPT_NOWHERE or mapping.is_pull_request(wire["issue"]):
        return (Nothing("it changes nothing that is kept"),)
    return (_moved(wire, wire["issue"], what),)


def _related(wire: Wire) -> tuple[Event, ...]:
    """Read an event about two issues, whose names differ with what is between them."""
    what = told_word(wire.get("action"))
    names = ("parent_issue", "sub_issue", "blocked_issue", "blocking_issue")
    return tuple(_moved(wire, wire[name], what) for name in names if wire.get(name)) or (ODD,)


def _moved(wire: Wire, issue: Wire, what: str) -> Event:
    number = told_number(issue["number"])
    page = page_of(issue["html_url"].rpartition("/issues/")[0] or wire["repository"]["html_url"])
    if number is None:
        return ODD
    actor = told_login(mapping.login_of(wire.get("sender")))
    return IssueMoved(page, number, what, _glimpse(issue, actor, shows_all=what not in _GONE))


def _glimpse(issue: Wire, actor: str, *, shows_all: bool) -> Glimpse:
    try:
        row = mapping.issue_row(issue)
        return Glimpse(actor, row.digest if shows_all and "body" in issue else "", row.updated_at)
    except SHAPES:
        return Glimpse(actor)


def _shared(kind: str) -> Reader:
    """Return a reader of events about what many issues share."""

    def read(wire: Wire) -> tuple[Event, ...]:
        what = f"{kind} {told_word(wire.get('action'))}"
        return tuple(ProjectMoved(page, what) for page in dict.fromkeys(_pages(wire)) if page) or (ODD,)

    return read


def _pages(wire: Wire) -> Iterator[str]:
    """Yield the repository's page, and what it was before it was renamed or transferred."""
    page = page_of(wire["repository"]["html_url"])
    yield page
    site, _, path = page.rpartition("/")
    site, _, owner = site.rpartition("/")
    changes = wire.get("changes") or {}
    if renamed := (changes.get("repository") or {}).get("name"):
        yield f"{site}/{owner}/{renamed['from']}".casefold()
    if moved := (changes.get("owner") or {}).get("from"):
        old = moved.get("organization") or moved["user"]
        yield f"{site}/{old['login']}/{path}".casefold()


EVENTS: Mapping[str, Reader] = {
    "ping": _ping,
    "push": _push,
    "issues": _issues,
    "sub_issues": _related,
    "issue_dependencies": _related,
    "milestone": _shared("milestone"),
    "label": _shared("label"),
    "repository": _shared("repository"),
}
"""The events that are read, each with its reader."""
