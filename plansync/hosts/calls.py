"""What goes over a line: calls and replies, as values. The wire to a host turns the one into the other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from plansync.core.pace import Sending
from plansync.errors import CredentialRefused

Json = Any
"""Decoded JSON, which adapters turn into values in their mapping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. ``path`` begins with ``/`` and is relative to the API's root, or is a whole URL on the host.

    ``kind`` is what it means to the host's limits. ``repeatable``: sending it twice is sending it once, so that it
    may be sent again when its answer was lost; never true for what makes an issue, a milestone or a comment.
    """

    method: str = "GET"
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Json] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: Sending = Sending.READ
    repeatable: bool = True
    what: str = ""
    """What it is for, in words that follow "could not" (``read issue #12``)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came; names of ``headers`` are lower case, ``url`` is the address that gave it."""

    status: int
    headers: Mapping[str, str]
    text: str = field(repr=False)
    url: str = ""

    @property
    def is_json(self) -> bool:
        """Say whether the body claims to be JSON, or is empty."""
        return not self.text or "json" in self.headers.get("content-type", "")

    def json(self) -> Json:
        """Return the decoded body, None without one; raises ``ValueError`` where it is no whole JSON."""
        return json.loads(self.text) if self.text else None

    @property
    def date(self) -> datetime | None:
        """Return the host's own clock, in UTC."""
        return read_date(self.headers.get("date", ""))

    @property
    def message(self) -> str:
        """Return the host's own words about a refusal, on one line and not too long; empty without any."""
        try:
            found = self.json()
        except ValueError:
            return ""
        return " ".join(_words(found).split())[:300]


class Lost(Exception):
    """No whole answer came. ``sent`` is False where the request surely never reached the host."""

    def __init__(self, why: str, hint: str = "", *, sent: bool, passing: bool = True) -> None:
        """Keep ``why``, words of our own that hold no address and no secret; ``passing``: it may soon be over."""
        super().__init__(why)
        self.why = why
        self.hint = hint
        self.sent = sent
        self.passing = passing


class Wire(Protocol):
    """Sends one call and returns the answer, whatever its status; raises ``Lost``. It repeats and follows nothing."""

    def send(self, call: Call) -> Reply: ...


class NoCredential:
    """The wire of a target that has no credential: it sends nothing, and says what is missing."""

    def __init__(self, message: str, hint: str) -> None:
        """Keep what every call is answered with."""
        self._message = message
        self._hint = hint

    def send(self, call: Call) -> Reply:
        raise CredentialRefused(f"could not {call.what}: {self._message}", hint=self._hint)


def read_date(text: str) -> datetime | None:
    """Return the time of an HTTP date, None where there is none."""
    try:
        time = parsedate_to_datetime(text)
        return time.astimezone(UTC) if time.tzinfo is not None else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _words(found: Json) -> str:
    """Return the sentences in an error's JSON, of whichever of the hosts' many shapes."""
    match found:
        case str():
            return found
        case list():
            return "; ".join(filter(None, map(_words, found)))
        case {"message": message, "errors": errors} if errors:
            return f"{_words(message)}: {_words(errors)}"
        case {"message": message} if message:
            return _words(message)
        case {"error_description": text} | {"error": text}:
            return _words(text)
        case {"resource": resource, "field": name, "code": code}:
            return f"{resource}.{name}: {code}"
        case dict():
            return "; ".join(f"{name} {words}" for name, value in found.items() if (words := _words(value)))
        case _:
            return ""
