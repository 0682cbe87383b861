"""Sending calls about one GitLab project, and turning refusals into errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from plansync.core.pace import Sending
from plansync.errors import IssueGone, TrackerError
from plansync.hosts.calls import Call, Reply
from plansync.hosts.line import Line
from plansync.trackers.gitlab import mapping
from plansync.trackers.gitlab.refusals import refusal, unfit
from plansync.trackers.hosted.desk import PAGE, Facts

RECENT = timedelta(minutes=5)
"""How long what was found out about the project is good enough to explain a refusal."""


@dataclass(slots=True)
class Speaker:
    """Speaks about ``project`` (``acme/platform/core``) over ``line``.

    ``site`` is the address of GitLab's pages, with its sub-path, without a slash at the end. ``id`` is the project's
    number: a project that was renamed answers reads under its old path, but takes writes under its number alone, so
    that nothing is written before the number is known.
    """

    line: Line
    project: str
    site: str
    id: int | None = field(default=None, kw_only=True)
    _facts: tuple[datetime, Facts] | None = field(default=None, kw_only=True)
    _in_group: bool | None = field(default=None, kw_only=True)

    @property
    def root(self) -> str:
        """Return the path of the project, by its number once that is known."""
        return f"/projects/{quote(self.project, safe='') if self.id is None else self.id}"

    @property
    def now(self) -> datetime:
        return self.line.now

    def facts(self) -> Facts:
        return self.facts_in(self.read(self.root, "read the project"))

    def facts_in(self, wire: mapping.Wire) -> Facts:
        """Return what an answer says of the project, and learn its number from it."""
        self.id = wire["id"]
        self._in_group = (wire.get("namespace") or {}).get("kind") != "user"
        facts = mapping.facts_of(wire)
        self._facts = (self.now, facts)
        return facts

    def _root_for_writing(self) -> str:
        if self.id is None:
            self.facts()
        return self.root

    def read_all(self, path: str, what: str, query: Mapping[str, str] | None = None) -> Iterator[Any]:
        """Yield the JSON of every entry of a listing, page by page."""
        page = 1
        while True:
            paged = {**(query or {}), "per_page": str(PAGE), "page": str(page)}
            reply = self._list(path, paged, what)
            yield from reply.json()
            if not next_page(reply):
                return
            page += 1

    def _list(self, path: str, query: Mapping[str, str], what: str, etag: str = "") -> Reply:
        headers = {"If-None-Match": etag} if etag else {}
        return self._send(Call(path=path, query=query, headers=headers, what=what))

    def read(self, path: str, what: str) -> Any:
        """Return the JSON at ``path``; raises what a refusal means."""
        return self._send(Call(path=path, what=what)).json()

    def _create(self, path: str, body: Mapping[str, Any], what: str) -> Reply:
        path = self._root_for_writing() + path
        return self._send(Call(method="POST", path=path, body=body, kind=Sending.CREATE, repeatable=False, what=what))

    def _put(self, path: str, body: Mapping[str, Any], what: str) -> Reply:
        path = self._root_for_writing() + path
        return self._send(Call(method="PUT", path=path, body=body, kind=Sending.WRITE, what=what))

    def _send(self, call: Call) -> Reply:
        return self._checked(call, self.line.ask(call))

    def _checked(self, call: Call, reply: Reply) -> Reply:
        if reply.status < 400:
            return reply
        error = refusal(call, reply, self.line.host, self.project)
        is_doubtful = isinstance(error, IssueGone) or (reply.status == 403 and call.kind is not Sending.READ)
        if is_doubtful and call.path.startswith("/projects/"):
            raise self._obstacle() or error
        raise error

    def _obstacle(self) -> TrackerError | None:
        """Return what is in the way in the project itself: GitLab does not say so where it refuses.

        Where issues are switched off, every issue is answered as missing.
        """
        try:
            known = self._facts if self._facts and self.now - self._facts[0] < RECENT else None
            facts = known[1] if known else self.facts()
        except TrackerError as error:
            return None if error.transient else error
        return unfit(facts, self.line.host)


def next_page(reply: Reply) -> str:
    """Return the number of a listing's next page, empty after the last."""
    return reply.headers.get("x-next-page", "").strip()
