"""Requests for review over a host's API: looked for, opened, kept up to date and closed. The words are each host's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from plansync.core.pace import Sending
from plansync.hosts.calls import Call, Reply
from plansync.hosts.line import Line
from plansync.ports.reviews import Review
from plansync.sources.hosted.refusals import as_source_errors_alone, refusal


@dataclass(frozen=True, slots=True)
class HostedReviews(ABC):
    """The requests of one repository between its own branches."""

    line: Line

    name: ClassVar[str]
    """What the host calls a request."""
    edit: ClassVar[str]
    """The verb that changes one."""
    twin: ClassVar[int]
    """The status that says that there is one for these branches already."""
    closed: ClassVar[Mapping[str, str]]
    """What closes one."""

    def find(self, branch: str, onto: str) -> Review | None:
        with as_source_errors_alone():
            call = Call(path=self._root(), query=self._query(branch, onto), what=f"look for the {self.name}")
            found = self._checked(call, self.line.ask(call)).json()
        return self._review(found[0]) if found else None

    def open(self, branch: str, onto: str, title: str, text: str) -> Review:
        with as_source_errors_alone():
            call = Call(
                method="POST",
                path=self._root(),
                body={**self._branches(branch, onto), **self._texts(title, text)},
                kind=Sending.CREATE,
                repeatable=False,
                what=f"open the {self.name}",
            )
            reply = self.line.ask(call)
        if reply.status == self.twin and (found := self.find(branch, onto)) is not None:
            return found
        return self._review(self._checked(call, reply).json())

    def update(self, review: Review, title: str, text: str) -> Review:
        return self._review(self._change(review, self._texts(title, text), f"update the {self.name}").json())

    def close(self, review: Review) -> None:
        self._change(review, self.closed, f"close the {self.name}")

    @abstractmethod
    def _root(self) -> str:
        """Return the path of all requests; may ask the host."""

    @abstractmethod
    def _where(self) -> str:
        """Return what the repository is called in messages."""

    @abstractmethod
    def _query(self, branch: str, onto: str) -> Mapping[str, str]:
        """Return what finds the open request between two branches."""

    @abstractmethod
    def _branches(self, branch: str, onto: str) -> Mapping[str, str]: ...
    @abstractmethod
    def _texts(self, title: str, text: str) -> Mapping[str, str]: ...
    @abstractmethod
    def _review(self, wire: Mapping[str, Any]) -> Review: ...

    def _change(self, review: Review, body: Mapping[str, str], what: str) -> Reply:
        with as_source_errors_alone():
            path = f"{self._root()}/{review.number}"
            call = Call(method=self.edit, path=path, body=body, kind=Sending.WRITE, what=what)
            return self._checked(call, self.line.ask(call))

    def _checked(self, call: Call, reply: Reply) -> Reply:
        if reply.status >= 400:
            raise refusal(call, reply, f"{self._where()} on {self.line.host}")
        return reply


def plain_text(text: str | None) -> str:
    """Return a description as it was sent: hosts keep other line ends, and none at its ends."""
    return (text or "").replace("\r\n", "\n").strip("\n")
