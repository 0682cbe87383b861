"""What tests of the hosts' ways need: to hear what was said, to be careless, and to meddle in the middle of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from plansync.app.request import Silent
from plansync.core.changes import Change, Outcome
from plansync.core.pace import Sending
from plansync.hosts.calls import Call, Reply
from plansync.hosts.line import Line
from tests.servers.wire import Answer, Request, TestServer
from tests.support.world import World, kinds, only


@dataclass
class Overheard:
    """Everything that was asked of a server, and how it was answered, from now on."""

    said: list[tuple[Request, Answer]] = field(default_factory=list)

    @classmethod
    def at(cls, server: TestServer) -> Overheard:
        """Return one who listens, beside whoever watched before."""
        heard, before = cls(), server.watch

        def watch(request: Request, answer: Answer) -> None:
            heard.said.append((request, answer))
            if before is not None:
                before(request, answer)

        server.watch = watch
        return heard

    @property
    def statuses(self) -> list[int]:
        """Return how everything was answered, in order."""
        return [answer.status for _, answer in self.said]

    def answers(self, end: str) -> list[Answer]:
        """Return the answers to reads of the paths with that end."""
        return [answer for request, answer in self.said if request.path.endswith(end) and not request.writes]

    def listed(self, end: str) -> list[dict[str, Any]]:
        """Return all that lists under the paths with that end were answered with."""
        return [row for answer in self.answers(end) for row in answer.content or ()]


@dataclass(frozen=True)
class Careless:
    """A tool that knows nothing of the host's ways, with a line of its own. Paths begin below ``root``."""

    line: Line
    root: str

    def ask(self, method: str, path: str = "", **body: Any) -> Reply:
        """Send one request as it is."""
        kind = Sending.READ if method == "GET" else Sending.WRITE
        query = {name: str(value) for name, value in body.items()} if method == "GET" else {}
        sent = None if method == "GET" else body
        call = Call(method=method, path=self.root + path, query=query, body=sent, kind=kind, repeatable=False)
        return self.line.ask(call)


@dataclass
class Meddler(Silent):
    """Does something as soon as a run has done the first change that ``when`` says yes to."""

    when: Callable[[Change], bool]
    deed: Callable[[], object]
    is_done: bool = False

    def applied(self, target: str, change: Change, outcome: Outcome) -> None:
        if not self.is_done and self.when(change):
            self.is_done = True
            self.deed()


def is_quiet(world: World) -> bool:
    """Say whether a run changes nothing, in tracker and plan, and writes nothing."""
    writes, text = world.tracker.traffic.writes, world.read()
    report = world.sync()
    return (
        kinds(report) == []
        and not only(report).diff
        and (world.tracker.traffic.writes, world.read())
        == (
            writes,
            text,
        )
    )
