"""A folder of plans behind the web application, with a door that knows one secret."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from plansync.app.request import Workshop
from plansync.core.parser import parse_plan
from plansync.core.scope import Scope
from plansync.errors import ConfigError, StoreLocked
from plansync.ports.queue import Ask, Letter, Overview, Queue, Rhythm, Urgency
from plansync.ports.webhook import Refused
from plansync.web.app import create_app
from plansync.web.meter import Meter
from plansync.web.parts import Bounds, Parts
from plansync.web.patience import PatientProtocol
from plansync.web.server import WebServer
from tests.support.example import PLAN
from tests.support.world import World, local_world

SECRET, TOKEN = "a secret of the hook", "a token of the API"
GOOD = {"X-Secret": SECRET}
PASS = {"Authorization": f"Bearer {TOKEN}"}


class PlainDoor:
    """Takes in ``{"id": …, "plans": […]}`` under one secret; without plans it is of no interest."""

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Letter | Refused:
        if not hmac.compare_digest(headers.get("x-secret", "").encode(), SECRET.encode()):
            return Refused(401, "the signature is not right")
        try:
            told = json.loads(body)
        except ValueError:
            return Refused(400, "no JSON")
        if not isinstance(told, dict) or not told.get("plans"):
            return Letter(())
        scope = Scope(plans=frozenset(map(str, told["plans"])))
        ask = Ask(target=told.get("target", "web"), trigger="webhook", scope=scope, urgency=Urgency.DEBOUNCED)
        return Letter((ask,), f"plain:{told.get('id', '')}")


@dataclass
class WatchedQueue:
    """A real queue that says how it was used; ``locked``: it cannot be written to; ``gone``: nor read."""

    real: Queue
    locked: bool = False
    gone: bool = False
    batches: list[int] = field(default_factory=list)

    def accept(self, letters: Sequence[Letter], rhythm: Rhythm, now: datetime) -> Sequence[bool]:
        if self.locked:
            raise StoreLocked("the state database is locked by another process")
        self.batches.append(len(letters))
        return self.real.accept(letters, rhythm, now)

    def overview(self) -> Overview:
        if self.gone:
            raise StoreLocked("the state database is locked by another process")
        return self.real.overview()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@dataclass
class WebWorld:
    """One installation and its application; ``rings`` counts how often workers were woken."""

    world: World
    queue: WatchedQueue
    meter: Meter
    bounds: Bounds
    tokens: tuple[str, ...] = (TOKEN,)
    workers: int | None = None
    rings: int = 0
    broken: list[str] = field(default_factory=list)
    """Targets that are configured and cannot be used."""

    def app(self) -> FastAPI:
        """Return the application as it would be made now."""
        return create_app(self.parts())

    def parts(self) -> Parts:
        """Return what the application is made of."""
        return Parts(
            doors={"github": PlainDoor()},
            queue=self.queue,
            clock=self.world.clock,
            names=lambda: [target.name for target in self.workshop().targets] + self.broken,
            workshop=self.workshop,
            rehearsal=self._rehearsal,
            meter=self.meter,
            tokens=self.tokens,
            ring=self._ring,
            workers=lambda: self.workers,
            bounds=self.bounds,
        )

    def workshop(self) -> Workshop:
        """Return the wiring."""
        world = self.world
        return Workshop((world.target(), *world.others), world.store, world.clock, parse_plan, "host:1:1")

    def waiting(self) -> dict[str, frozenset[str]]:
        """Return the plans that each target waits with."""
        return {wish.target: wish.scope.plans for wish in self.queue.real.overview().waiting}

    @contextmanager
    def serving(self, protocol: type[PatientProtocol] = PatientProtocol) -> Iterator[WebServer]:
        """Serve it at a port of this machine."""
        server = WebServer(self.app(), "127.0.0.1", 0, protocol).start()
        try:
            yield server
        finally:
            server.stop()

    @contextmanager
    def _rehearsal(self, name: str) -> Iterator[Workshop | None]:
        if name in self.broken:
            raise ConfigError("no token is set")
        yield self.workshop() if name == self.world.name else None

    def _ring(self) -> None:
        self.rings += 1


@contextmanager
def web_world(root: Path) -> Iterator[WebWorld]:
    """Make a world with one plan, and what the web needs of it."""
    world = local_world(root)
    with closing(world.store):
        world.write(PLAN)
        yield WebWorld(world, WatchedQueue(world.store.queue), Meter(), Bounds())
        world.tracker.close()  # type: ignore[attr-defined]
