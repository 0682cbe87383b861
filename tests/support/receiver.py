"""Where webhooks are delivered to, in place of a daemon: it remembers what came, and answers as it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from plansync.ports.clock import Clock
from tests.servers.wire import Answer, Fault, Request


@dataclass
class Receiver:
    """Where deliveries go, and what it answers."""

    clock: Clock
    status: int = 202
    heard: list[Request] = field(default_factory=list)

    def now(self) -> datetime:
        return self.clock.now()

    def credential(self, request: Request) -> str:
        del request
        return ""

    def refusal(self, fault: Fault, request: Request) -> Answer:
        raise AssertionError((fault, request))

    def answer(self, request: Request) -> Answer:
        self.heard.append(request)
        return Answer(self.status, {})
