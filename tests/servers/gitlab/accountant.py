"""The limits of gitlab.com, counted for each credential, and what was done against them.

Sources: docs.gitlab.com, "GitLab.com-specific rate limits" and "Rate limits on issue and note creation"; the answers'
forms are those of GitLab's request throttle and of its application limits. Both count in whole minutes of the clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.servers.gitlab.call import Refused
from tests.servers.wire import Answer

REQUESTED_TOO_OFTEN = {"error": "This endpoint has been requested too many times. Try again later."}


@dataclass(slots=True)
class Limits:
    """What is allowed in a minute; None turns a limit off. A self-managed GitLab has none for issues."""

    requests: int | None = 2_000
    creations: int | None = 200
    notes: int | None = 60


@dataclass(slots=True)
class Books:
    """What went on; ``broken`` says what a client did against the rules, never with a credential in it."""

    broken: list[str] = field(default_factory=list)
    requests: int = 0
    creations: int = 0
    notes: int = 0
    most_creations: int = 0
    """The most issues that were made in one minute of the clock."""


@dataclass(slots=True)
class Accountant:
    """Counts, and refuses what is too much."""

    limits: Limits = field(default_factory=Limits)
    books: Books = field(default_factory=Books)
    _counted: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    _closed_until: dict[str, datetime] = field(default_factory=dict)

    def request(self, credential: str, now: datetime, what: str) -> dict[str, str]:
        """Count a request and return the headers that tell where its credential stands; raises ``Refused``."""
        self.books.requests += 1
        closed = self._closed_until.get(credential)
        if closed is not None and now < closed:
            self.books.broken.append(f"{what} inside a back-off window")
        limit = self.limits.requests
        if limit is None:
            return {}
        observed = self._count("requests", credential, now)
        headers = _standing(limit, observed, now)
        if observed > limit:
            self.books.broken.append(f"{what}: more than {limit} requests in a minute")
            raise _refused(self.throttled(credential, now, _rest(now), headers))
        return headers

    def creation(self, credential: str, now: datetime) -> None:
        """Count a new issue."""
        self.books.creations += 1
        self._application("issue creations", self.limits.creations, credential, now)
        self.books.most_creations = max(self.books.most_creations, self._count("issues", "", now))

    def note(self, credential: str, now: datetime) -> None:
        """Count a new note."""
        self.books.notes += 1
        self._application("notes", self.limits.notes, credential, now)

    def throttled(self, credential: str, now: datetime, seconds: int, headers: dict[str, str] | None = None) -> Answer:
        """Return the 429 of the request throttle, plain text, and remember until when it asks for silence."""
        self.back_off(credential, now, seconds)
        limit = self.limits.requests or 2_000
        known = headers or _standing(limit, limit + 1, now)
        more = {"RateLimit-Name": "throttle_authenticated_api", "Retry-After": str(seconds)}
        return Answer(429, b"Retry later\n", {**known, **more, "Content-Type": "text/plain"})

    def back_off(self, credential: str, now: datetime, seconds: int) -> None:
        """Remember that a credential was told to be silent."""
        until = now + timedelta(seconds=seconds)
        self._closed_until[credential] = max(until, self._closed_until.get(credential, until))

    def _application(self, what: str, limit: int | None, credential: str, now: datetime) -> None:
        """Refuse too much of one kind: JSON, and no word on when to come back."""
        if limit is not None and self._count(what, credential, now) > limit:
            self.books.broken.append(f"more than {limit} {what} in a minute")
            raise Refused(429, REQUESTED_TOO_OFTEN)

    def _count(self, what: str, credential: str, now: datetime) -> int:
        key = (what, credential, int(now.timestamp()) // 60)
        self._counted[key] += 1
        return self._counted[key]


def _rest(now: datetime) -> int:
    """Return how many seconds are left of the minute, at least 1."""
    return 60 - int(now.timestamp()) % 60


def _standing(limit: int, observed: int, now: datetime) -> dict[str, str]:
    reset = (now + timedelta(seconds=_rest(now))).replace(microsecond=0).astimezone(UTC)
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Name": "throttle_authenticated_api",
        "RateLimit-Observed": str(observed),
        "RateLimit-Remaining": str(max(limit - observed, 0)),
        "RateLimit-Reset": str(int(reset.timestamp())),
        "RateLimit-ResetTime": format_datetime(reset, usegmt=True),
    }


def _refused(answer: Answer) -> Refused:
    refused = Refused(answer.status, "")
    refused.answer = answer
    return refused
