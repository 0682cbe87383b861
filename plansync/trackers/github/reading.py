"""Reading one GitHub repository, in rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from plansync.core.audience import Audience
from plansync.core.observed import CloseReason
from plansync.errors import IssueGone, TrackerError
from plansync.hosts.calls import Call, Reply
from plansync.trackers.github import mapping
from plansync.trackers.github.speaking import Speaker, next_page
from plansync.trackers.hosted.desk import PAGE, Facts, Happening, Listing, Page
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow

ACTIONS_BOT = "github-actions[bot]"
"""Who a workflow's own token acts as; it may not ask who it is."""
_EDITORS = (
    "query($owner:String!,$name:String!,$number:Int!){repository(owner:$owner,name:$name){issue(number:$number)"
    "{userContentEdits(first:100){nodes{editor{__typename login}}}}}}"
)


@dataclass(slots=True)
class GitHubReads(Speaker):
    """The reading half of the desk. ``bot_of`` tells the account's name where the host cannot be asked (an App)."""

    bot_of: Callable[[], str] | None = None
    graphql: str = "/graphql"
    """Path or address of the GraphQL interface: an Enterprise Server has it beside its REST interface."""

    def facts(self) -> Facts:
        return mapping.facts_of(self._get(self.root, "read the project").json())

    def files_for(self, project: str) -> Audience | None:
        """Whoever has a token sees what is public, so that what it does not see is not."""
        reply = self.line.ask(Call(path=f"/repos/{quote(project)}", what="ask who may read the plans"))
        if reply.status == 404:
            return Audience.MEMBERS
        return mapping.facts_of(reply.json()).files_for if reply.status < 400 else None

    def login(self) -> str:
        if self.bot_of is not None:
            return self.bot_of()
        call = Call(path="/user", what="read whose token it is")
        reply = self.line.ask(call)
        if reply.status == 403 and "x-github-sso" not in reply.headers:
            return ACTIONS_BOT
        return mapping.login_of(self._checked(call, reply).json())

    def issues(self, listing: Listing, cursor: str = "", etag: str = "") -> Page[IssueRow]:
        if cursor:
            return self._page(self._list(cursor, {}, "list issues"), "")
        query = {
            "state": "all",
            "sort": listing.by,
            "direction": "desc" if listing.newest_first else "asc",
            "per_page": str(PAGE),
        }
        if listing.label is not None:
            query["labels"] = listing.label
        if listing.milestone is not None:
            query["milestone"] = str(listing.milestone.number)
        return self._page(self._list(f"{self.root}/issues", query, "list issues", etag), etag)

    @staticmethod
    def _page(reply: Reply, etag: str) -> Page[IssueRow]:
        if reply.status == 304:
            return Page(etag=etag, fresh=False)
        rows = tuple(mapping.issue_row(wire) for wire in reply.json() if not mapping.is_pull_request(wire))
        return Page(rows, next_page(reply), reply.headers.get("etag", ""))

    def issue(self, number: int) -> IssueRow | None:
        try:
            wire = self._get(f"{self.root}/issues/{number}", f"read issue #{number}").json()
        except IssueGone:
            return None
        if mapping.is_pull_request(wire):
            return None
        row = mapping.issue_row(wire)
        if self._is_elsewhere(wire):
            return _moved(row, number)
        return row

    def why_closed(self, row: IssueRow) -> str | None:
        return row.closed

    def milestones(self, page: int, etag: str = "") -> Page[MilestoneRow]:
        query = {"state": "all", "sort": "due_on", "direction": "asc", "per_page": str(PAGE), "page": str(page)}
        reply = self._list(f"{self.root}/milestones", query, "list milestones", etag)
        if reply.status == 304:
            return Page(etag=etag, fresh=False)
        rows = tuple(mapping.milestone_row(wire) for wire in reply.json())
        return Page(rows, next_page(reply), reply.headers.get("etag", ""))

    def milestone(self, number: int) -> MilestoneRow | None:
        try:
            reply = self._get(f"{self.root}/milestones/{number}", f"read milestone {number}")
        except IssueGone:
            return None
        return mapping.milestone_row(reply.json())

    def taken_titles(self) -> frozenset[str]:
        return frozenset()

    def labels(self) -> Sequence[str]:
        return [label["name"] for label in self._all(f"{self.root}/labels", "list labels")]

    def comments(self, number: int) -> Sequence[tuple[str, str]]:
        found = self._all(f"{self.root}/issues/{number}/comments", f"read the comments of issue #{number}")
        return [(mapping.login_of(comment.get("user")), comment.get("body") or "") for comment in found]

    def happenings(self, row: IssueRow) -> Sequence[Happening]:
        events = self._all(f"{self.root}/issues/{row.number}/events", f"read the events of issue #{row.number}")
        return [happening for event in events if (happening := mapping.happening_of(event)) is not None]

    def touched_by(self, number: int) -> frozenset[str]:
        events = self._all(f"{self.root}/issues/{number}/timeline", f"read the timeline of issue #{number}")
        actors = {mapping.login_of(event.get("actor") or event.get("user")) for event in events}
        return frozenset(actors | self._editors(number))

    def may_write(self, login: str) -> bool:
        path = f"{self.root}/collaborators/{quote(login, safe='')}/permission"
        try:
            found = self._get(path, f"read what {login} may do").json()
        except TrackerError as error:
            if error.transient:
                raise
            return False
        return found.get("permission") in {"admin", "write"}

    def assignable(self, login: str) -> str | None:
        try:
            self._get(f"{self.root}/assignees/{quote(login, safe='')}", f"ask whether {login} can be assigned")
        except IssueGone:
            return None
        return login

    def _editors(self, number: int) -> set[str]:
        """Return who edited the body, which no timeline tells."""
        owner, _, name = self.project.partition("/")
        variables = {"owner": owner, "name": name, "number": number}
        call = Call(
            method="POST",
            path=self.graphql,
            body={"query": _EDITORS, "variables": variables},
            what=f"read who edited issue #{number}",
        )
        found = self._send(call).json()
        repository = (found.get("data") or {}).get("repository") or {}
        edits = ((repository.get("issue") or {}).get("userContentEdits") or {}).get("nodes")
        if edits is None:
            raise TrackerError(f"could not {call.what} in {self.project} on {self.line.host}")
        return {mapping.editor_of(edit) for edit in edits}

    def _is_elsewhere(self, wire: mapping.Wire) -> bool:
        """Say whether an answered issue lives in another repository than this one, under whatever name."""
        path = mapping.project_of(wire).casefold()
        if not path or path == self.project.casefold() or path in self.names:
            return False
        self.names.add(self.facts().path.casefold())
        return path not in self.names


def _moved(row: IssueRow, number: int) -> IssueRow:
    """Return what stands under ``number``: an issue that was transferred to where ``row`` is."""
    return replace(row, number=number, closed=CloseReason.MOVED.value, moved_to=row.url, milestone=None)
