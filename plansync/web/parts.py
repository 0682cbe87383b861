"""What the web application is made of: plain parts, so that a test needs no daemon."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta

from plansync.app.request import Workshop
from plansync.ports.clock import Clock
from plansync.ports.queue import Queue, Rhythm
from plansync.ports.webhook import Door
from plansync.web.meter import Meter


def _no_bell() -> None:
    """Wake nobody: workers look by themselves, a little later."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a request may cost before it is refused."""

    body_bytes: int = 2 * 1024 * 1024
    """The largest body that is taken in (spec §11)."""
    body_time: timedelta = timedelta(seconds=10)
    """How long a body may take to arrive."""
    previews: int = 2
    """How many previews are made at a time; others wait."""
    preview_wait: timedelta = timedelta(seconds=30)
    """How long a preview waits for its turn."""
    letters: int = 5000
    """How many deliveries may wait to be stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the application works with.

    ``doors`` are the hosts whose webhooks are heard, by the name in their path. ``names`` are those of all configured
    targets; ``workshop`` gives the wiring of those that can be used now, for what is only looked up; ``rehearsal``
    wires one target for a preview, beside whatever runs (None: there is no such target). ``ring`` wakes the workers of
    this process; ``workers`` counts those that live, None where none should.
    """

    doors: Mapping[str, Door]
    queue: Queue
    clock: Clock
    names: Callable[[], Sequence[str]]
    workshop: Callable[[], Workshop]
    rehearsal: Callable[[str], AbstractContextManager[Workshop | None]]
    meter: Meter
    rhythm: Callable[[], Rhythm] = Rhythm
    tokens: tuple[str, ...] = ()
    ring: Callable[[], None] = _no_bell
    workers: Callable[[], int | None] = lambda: None
    bounds: Bounds = field(default_factory=Bounds)
