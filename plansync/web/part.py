"""The web as a part of the service: it listens as long as the service lives, and goes by the settings of now."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from plansync.app.request import Target, Workshop
from plansync.bootstrap import close_trackers, wire_targets
from plansync.bootstrap.doors import open_doors
from plansync.bootstrap.trackers import Wiring
from plansync.core.parser import parse_plan
from plansync.errors import PlansyncError
from plansync.ports.queue import Rhythm
from plansync.web.app import create_app
from plansync.web.meter import Meter
from plansync.web.parts import Parts
from plansync.web.server import WebServer

if TYPE_CHECKING:
    from plansync.bootstrap.service import Plant, Service
    from plansync.settings import Settings

_log = logging.getLogger(__name__)


class WebPart:
    """Listens for ``service``. ``listening`` hears of the address and of the hosts whose webhooks are heard."""

    def __init__(self, service: Service, meter: Meter, listening: Callable[[str, tuple[str, ...]], None]) -> None:
        self._service = service
        self._meter = meter
        self._listening = listening
        self._reading = Reading(service.plant)
        self._switch = _Switch()
        self._server: WebServer | None = None

    def start(self) -> None:
        """Listen from now on; raises ``ListenError`` if the address cannot be had."""
        settings = self._service.plant.settings
        parts = self._parts(settings)
        self._switch.app = create_app(parts)
        self._server = WebServer(self._switch, settings.web.host, settings.web.port).start()
        self._listening(self._server.url, tuple(parts.doors))

    def reload(self, settings: Settings) -> None:
        """Answer by ``settings`` from now on, at the same address: another one needs a new start."""
        before, self._reading = self._reading, Reading(self._service.plant)
        self._switch.app = create_app(self._parts(settings))
        before.close()

    def stop(self) -> None:
        """Take in nothing more, and return when everything is answered."""
        if self._server is not None:
            self._server.stop()
        self._reading.close()

    def _parts(self, settings: Settings) -> Parts:
        plant, pool = self._service.plant, self._service.pool
        rhythm = Rhythm(settings.webhooks.debounce, settings.webhooks.debounce_longest)
        return Parts(
            doors=open_doors(settings),
            queue=self._service.queue,  # its workers hear of what is accepted
            clock=plant.clock,
            names=lambda: plant.targets,
            workshop=self._reading.workshop,
            rehearsal=lambda name: plant.open(name, read_only=True),
            meter=self._meter,
            rhythm=lambda: rhythm,
            tokens=tuple(token.get_secret_value() for token in settings.web.api_tokens),
            workers=lambda: pool.living,
        )


class Reading:
    """The targets as they are configured now, wired once for what is only looked up; for any thread.

    A target that cannot be wired is left out: its syncs fail and say why.
    """

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._wiring = Wiring(plant.settings, plant.clock, plant.store, read_only=True)
        self._lock = threading.Lock()
        self._workshop: Workshop | None = None

    def workshop(self) -> Workshop:
        """Return all targets that can be used."""
        with self._lock:
            if self._workshop is None:
                targets = tuple(self._targets())
                plant = self._plant
                self._workshop = Workshop(targets, plant.store, plant.clock, parse_plan, "web")
            return self._workshop

    def close(self) -> None:
        """Let go of what was opened."""
        with self._lock:
            if self._workshop is not None:
                close_trackers(self._workshop)

    def _targets(self) -> Iterator[Target]:
        for target in self._wiring.settings.targets:
            try:
                yield from wire_targets(self._wiring, [target]).targets
            except PlansyncError as error:
                _log.warning("the target %s cannot be shown: %s", target.name, error)


class _Switch:
    """Leads each request to the application of now."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
