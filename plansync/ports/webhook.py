"""The webhook port: what one host's deliveries mean, once they are known to be its own (spec §11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from plansync.ports.queue import Letter


@dataclass(frozen=True, slots=True)
class Refused:
    """A delivery that is not taken in: the HTTP status to answer with, and why, in words that tell no secret."""

    status: int
    reason: str


class Door(Protocol):
    """Where one host's webhooks come in. Pure: it asks nobody."""

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Letter | Refused:
        """Check the signature over the raw ``body``, then say what the delivery asks for.

        ``headers`` have names in lower case. A letter without asks is an event that interests nobody, or a ping.
        """
