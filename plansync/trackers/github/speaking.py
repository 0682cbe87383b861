"""Sending calls about one repository, and turning refusals into errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from plansync.core.pace import Sending
from plansync.hosts.calls import Call, Reply
from plansync.hosts.line import Line
from plansync.trackers.github.refusals import refusal
from plansync.trackers.hosted.desk import PAGE

_NEXT = re.compile(r'<([^<>]+)>;[^<,]*rel="next"')


@dataclass(slots=True)
class Speaker:
    """Speaks about ``project`` (``acme/web``) over ``line``. ``names`` are those it is known to have had and has."""

    line: Line
    project: str
    names: set[str] = field(default_factory=set, kw_only=True)

    @property
    def root(self) -> str:
        """Return the path of the repository."""
        return f"/repos/{self.project}"

    def _all(self, path: str, what: str) -> Iterator[Any]:
        page = 1
        while True:
            reply = self._list(path, {"per_page": str(PAGE), "page": str(page)}, what)
            yield from reply.json()
            if not next_page(reply):
                return
            page += 1

    def _list(self, path: str, query: dict[str, str], what: str, etag: str = "") -> Reply:
        headers = {"If-None-Match": etag} if etag else {}
        return self._send(Call(path=path, query=query, headers=headers, what=what))

    def _get(self, path: str, what: str) -> Reply:
        return self._send(Call(path=path, what=what))

    def _create(self, path: str, body: dict[str, Any], what: str) -> Reply:
        return self._send(Call(method="POST", path=path, body=body, kind=Sending.CREATE, repeatable=False, what=what))

    def _send(self, call: Call) -> Reply:
        return self._checked(call, self.line.ask(call))

    def _checked(self, call: Call, reply: Reply) -> Reply:
        if reply.status >= 400:
            raise refusal(call, reply, self.line.host, self.project)
        return reply


def next_page(reply: Reply) -> str:
    """Return the address of a listing's next page, empty after the last.

    Pages of issues must not be counted: far down GitHub takes nothing but its own links
    (https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api).
    """
    found = _NEXT.search(reply.headers.get("link", ""))
    return found[1] if found else ""
