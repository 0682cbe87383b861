"""A host that answers from a script, and lines to it on a clock that only sleeping moves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from plansync.core.pace import Manners, Sending
from plansync.hosts.calls import Call, Lost, Reply
from plansync.hosts.line import Line
from plansync.hosts.pace import Pace
from plansync.ports.pacing import Pacing
from tests.support.clocks import FakeClock
from tests.support.memory_pacing import MemoryPacing

HOST = "git.example.com"
ROOT = f"https://{HOST}/api"
READ = Call(path="/issues", what="list issues")
WRITE = Call(method="PATCH", path="/issues/1", body={"title": "x"}, kind=Sending.WRITE, what="change issue #1")
CREATE = Call(
    method="POST", path="/issues", body={"title": "x"}, kind=Sending.CREATE, repeatable=False, what="open an issue"
)
GONE_WRONG = Lost("the connection broke", "look", sent=True)
NEVER_SENT = Lost("it cannot be reached", "look", sent=False)


def reply(status: int = 200, content: Any = (), **headers: str) -> Reply:
    """Return an answer of JSON; underscores in the names of headers stand for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"content-type": "application/json", **named}, json.dumps(content), f"{ROOT}/issues")


@dataclass
class Script:
    """A wire that answers with one line of its script after the other; errors in it are raised."""

    lines: Iterator[Reply | Exception]
    clock: FakeClock
    asked: list[Call] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """When each call came, in seconds after the first."""
    began: float = 0

    def send(self, call: Call) -> Reply:
        now = self.clock.now().timestamp()
        self.began = self.began or now
        self.asked.append(call)
        self.seconds.append(now - self.began)
        line = next(self.lines)
        if isinstance(line, Exception):
            raise line
        return line


def script(clock: FakeClock, *lines: Reply | Exception) -> Script:
    """Return a wire with this script; to ask for more than is in it is an error."""
    return Script(iter(lines), clock)


def line_of(wire: Script, pacing: Pacing | None = None, manners: Manners | None = None) -> Line:
    """Return a line over ``wire``."""
    pace = Pace(HOST, f"{HOST}:c", manners or Manners(), pacing or MemoryPacing(), wire.clock)
    return Line(wire, pace)
