"""Reading one GitLab project, in rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from plansync.core.audience import Audience
from plansync.core.observed import CloseReason
from plansync.core.region import has_marker
from plansync.errors import IssueGone, TrackerError
from plansync.hosts.calls import Call
from plansync.trackers.gitlab import mapping
from plansync.trackers.gitlab.speaking import Speaker, next_page
from plansync.trackers.hosted.desk import PAGE, Happening, Listing, Page
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow

DEVELOPER = 30
"""The access level from which on an account may write to the repository (https://docs.gitlab.com/api/access_requests)."""


@dataclass(slots=True)
class GitLabReads(Speaker):
    """The reading half of the desk."""

    users: dict[str, int] = field(default_factory=dict, kw_only=True)
    """Ids of the users that were looked up, by login in lower case."""
    _moves: dict[int, str | None] = field(default_factory=dict, kw_only=True)
    """Where issues were moved to, by global id."""
    _has_epics: bool = field(default=False, kw_only=True)
    """Whether issues can become epics here, as far as answers showed."""

    def files_for(self, project: str) -> Audience | None:
        """Whoever has a token sees what is public, so that what it does not see is not."""
        reply = self.line.ask(Call(path=f"/projects/{quote(project, safe='')}", what="ask who may read the plans"))
        if reply.status == 404:
            return Audience.MEMBERS
        return mapping.facts_of(reply.json()).files_for if reply.status < 400 else None

    def login(self) -> str:
        return mapping.login_of(self.read("/user", "read whose token it is"))

    def issues(self, listing: Listing, cursor: str = "", etag: str = "") -> Page[IssueRow]:
        query = {
            "scope": "all",
            "state": "all",
            "order_by": f"{listing.by}_at",
            "sort": "desc" if listing.newest_first else "asc",
            "per_page": str(PAGE),
            "page": cursor or "1",
        }
        if listing.label is not None:
            query["labels"] = listing.label
        if listing.milestone is not None:
            query["milestone"] = listing.milestone.title
        if listing.since is not None and listing.by == "updated":
            query["updated_after"] = listing.since.isoformat()
        reply = self._list(f"{self.root}/issues", query, "list issues", etag)
        if reply.status == 304:
            return Page(etag=etag, fresh=False)
        rows = tuple(self._listed(wire) for wire in reply.json() if mapping.is_issue(wire))
        return Page(rows, next_page(reply), reply.headers.get("etag", ""))

    def issue(self, number: int) -> IssueRow | None:
        try:
            wire = self.read(f"{self.root}/issues/{number}", f"read issue #{number}")
        except IssueGone:
            return None
        return self._followed(wire, self._row(wire))

    def why_closed(self, row: IssueRow) -> str | None:
        """Return why an issue is closed; one that became an epic has moved to a place that no plan can link to.

        GitLab says so in the issue's history alone, which is worth a request only where there are epics.
        """
        if row.closed != CloseReason.COMPLETED or not self._has_epics:
            return row.closed
        query = {"sort": "desc", "order_by": "created_at", "per_page": str(PAGE)}
        reply = self._list(f"{self.root}/issues/{row.number}/notes", query, f"read why #{row.number} was closed")
        return CloseReason.MOVED.value if any(mapping.became_epic(note) for note in reply.json()) else row.closed

    def milestones(self, page: int, etag: str = "") -> Page[MilestoneRow]:
        query = {"per_page": str(PAGE), "page": str(page)}
        reply = self._list(f"{self.root}/milestones", query, "list milestones", etag)
        if reply.status == 304:
            return Page(etag=etag, fresh=False)
        rows = tuple(self._milestone_row(wire) for wire in reply.json())
        return Page(rows, next_page(reply), reply.headers.get("etag", ""))

    def milestone(self, number: int) -> MilestoneRow | None:
        reply = self._list(f"{self.root}/milestones", {"iids[]": str(number)}, f"read milestone {number}")
        return next((self._milestone_row(wire) for wire in reply.json() if wire["iid"] == number), None)

    def taken_titles(self) -> frozenset[str]:
        if self._in_group is None:
            self.facts()
        if not self._in_group:
            return frozenset()
        found = self.read_all(f"{self.root}/milestones", "list the groups' milestones", {"include_ancestors": "true"})
        return frozenset(wire["title"] for wire in found if wire.get("group_id") is not None)

    def labels(self) -> Sequence[str]:
        return [label["name"] for label in self.read_all(f"{self.root}/labels", "list labels")]

    def comments(self, number: int) -> Sequence[tuple[str, str]]:
        query = {"sort": "asc", "order_by": "created_at"}
        found = self.read_all(f"{self.root}/issues/{number}/notes", f"read the comments of issue #{number}", query)
        return [(mapping.login_of(note.get("author")), note["body"]) for note in found if not note.get("system")]

    def happenings(self, row: IssueRow) -> Sequence[Happening]:
        """Return all closings and reopenings, oldest first.

        GitLab does not tell why an issue was closed back then: the last closing has the reason that the issue shows
        now, and earlier ones, which were undone since, count as completed.
        """
        path = f"{self.root}/issues/{row.number}/resource_state_events"
        events = self.read_all(path, f"read the events of issue #{row.number}")
        found = [happening for event in events if (happening := mapping.happening_of(event)) is not None]
        found.sort(key=lambda happening: happening.at)
        if found and found[-1].closed is not None:
            found[-1] = replace(found[-1], closed=self._reason_now(row, found[-1]))
        return found

    def touched_by(self, number: int) -> frozenset[str]:
        path = f"{self.root}/issues/{number}"
        notes = self.read_all(f"{path}/notes", f"read the notes of issue #{number}")
        people = {mapping.login_of(note.get("author")) for note in notes}
        for kind in ("label", "milestone", "state"):
            events = self.read_all(f"{path}/resource_{kind}_events", f"read the {kind} events of issue #{number}")
            people |= {mapping.login_of(event.get("user")) for event in events}
        return frozenset(people)

    def may_write(self, login: str) -> bool:
        try:
            found = list(self.read_all(f"{self.root}/members/all", f"read what {login} may do", {"query": login}))
        except TrackerError as error:
            if error.transient:
                raise
            return False
        levels = [member["access_level"] for member in found if _is_called(member, login)]
        return max(levels, default=0) >= DEVELOPER

    def assignable(self, login: str) -> str | None:
        found = self.read_all(f"{self.root}/users", f"ask whether {login} can be assigned", {"search": login})
        for user in found:
            if _is_called(user, login):
                self.users[login.casefold()] = user["id"]
                return mapping.login_of(user)
        return None

    def _reason_now(self, row: IssueRow, last: Happening) -> CloseReason:
        """Return why an issue is closed; ``row`` may be older than its ``last`` closing."""
        is_stale = row.closed is None or last.at.isoformat() > row.updated_at
        now = self.issue(row.number) if is_stale else row
        return CloseReason(now.closed) if now is not None and now.closed is not None else CloseReason.COMPLETED

    def _row(self, wire: mapping.Wire) -> IssueRow:
        self.id = wire.get("project_id") or self.id
        self._has_epics = mapping.has_epics(wire)
        return mapping.issue_row(wire)

    def _milestone_row(self, wire: mapping.Wire) -> MilestoneRow:
        return mapping.milestone_row(wire, f"{self.site}/{self.project}")

    def _listed(self, wire: mapping.Wire) -> IssueRow:
        """Return a listed issue as a row; only of ours it is worth a request where they were moved to."""
        row = self._row(wire)
        return self._followed(wire, row) if has_marker(row.body) else row

    def _followed(self, wire: mapping.Wire, row: IssueRow) -> IssueRow:
        """Return ``row`` with where it was moved to.

        GitLab answers a global id, which administrators alone may look up, and says the rest in the issue's history.
        """
        if row.closed != CloseReason.MOVED:
            return row
        if row.id not in self._moves:
            query = {"sort": "desc", "order_by": "created_at", "per_page": str(PAGE)}
            reply = self._list(f"{self.root}/issues/{row.number}/notes", query, f"read where #{row.number} went")
            path = mapping.path_of(wire) or self.project
            targets = (mapping.moved_to(note, self.site, path) for note in reply.json())
            self._moves[row.id] = next(filter(None, targets), None)
        return replace(row, moved_to=self._moves[row.id])


def _is_called(user: mapping.Wire, login: str) -> bool:
    return str(user["username"]).casefold() == login.casefold()
