"""GitHub's limits, counted for each credential, and what was done against them.

Sources: docs.github.com, pages "Rate limits for the REST API" and "Rate limits and query limits for the GraphQL API".
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from tests.servers.github.words import PRIMARY_DOCS, SECONDARY, SECONDARY_DOCS, Refused, refused

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

CONTENT = frozenset({"issue", "comment", "pull", "sub-issue", "dependency", "edit", "commit"})
"""What counts as content: issues, comments, pull requests, links between issues, commits and, which GitHub neither says
nor denies, edits of an issue. Labels and milestones notify nobody and are not counted."""


@dataclass(slots=True)
class Limits:
    """The published figures; None turns a limit off."""

    primary_per_hour: int | None = 5_000
    points_per_minute: int | None = 900
    content_per_minute: int | None = 80
    content_per_hour: int | None = 500
    retry_after: timedelta | None = MINUTE
    """What a refusal for too much says; None: nothing, which means a minute."""
    counted: frozenset[str] = CONTENT


@dataclass(slots=True)
class Books:
    """What went on, whoever did it; ``broken`` says what a client did against the rules."""

    broken: list[str] = field(default_factory=list)
    points: int = 0
    primary: int = 0
    creations: int = 0
    made: dict[str, int] = field(default_factory=dict)
    """How many requests made content of each kind, counted or not."""


@dataclass(slots=True)
class Account:
    """What one credential did lately."""

    window_ends: dict[str, datetime] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    points: deque[tuple[datetime, int]] = field(default_factory=deque)
    content: deque[datetime] = field(default_factory=deque)
    silent_until: datetime | None = None
    announced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as the accountant sees it: whose, when, and what, to be written down."""

    key: str
    at: datetime
    what: str


class Accountant:
    """Counts, refuses and writes down. ``books`` and ``limits`` are for tests to read and to set."""

    def __init__(self) -> None:
        self.limits = Limits()
        self.books = Books()
        self.accounts: dict[str, Account] = {}
        self.several = False
        """Several processes ask at once: what arrives in the very moment of an announcement was on its way."""

    def account(self, key: str) -> Account:
        """Return what is known of a credential."""
        return self.accounts.setdefault(key, Account())

    def off(self) -> None:
        """Count, but refuse nothing."""
        self.limits = Limits(None, None, None, None)

    def announce(self, key: str, now: datetime, span: timedelta) -> None:
        """Remember that a credential was told to be silent for ``span``."""
        account = self.account(key)
        account.silent_until = max(now + span, account.silent_until or now)
        account.announced_at = now

    def admit(self, visit: Visit, cost: int, content: str | None) -> None:
        """Count a request that asks for ``cost`` points; raises what GitHub answers to one too many."""
        account = self.account(visit.key)
        self.books.points += cost
        if account.silent_until is not None and visit.at < account.silent_until:
            if not (self.several and visit.at == account.announced_at):
                self._note(visit, f"inside a back-off window that ends {account.silent_until:%H:%M:%S}")
            raise self._secondary(account.silent_until - visit.at)
        _forget(account, visit.at)
        account.points.append((visit.at, cost))
        if content is not None:
            self.books.made[content] = self.books.made.get(content, 0) + 1
            if content in self.limits.counted:
                self._create(visit, account)
        self._hold(visit, sum(points for _, points in account.points), self.limits.points_per_minute, "points a minute")

    def _create(self, visit: Visit, account: Account) -> None:
        self.books.creations += 1
        account.content.append(visit.at)
        lately = sum(at > visit.at - MINUTE for at in account.content)
        self._hold(visit, lately, self.limits.content_per_minute, "creations a minute")
        self._hold(visit, len(account.content), self.limits.content_per_hour, "creations an hour")

    def charge(self, visit: Visit, resource: str) -> None:
        """Take one request off the primary limit; raises where none is left."""
        account = self.account(visit.key)
        if visit.at >= account.window_ends.get(resource, visit.at):
            account.window_ends[resource], account.used[resource] = visit.at + HOUR, 0
        limit = self.limits.primary_per_hour
        if limit is not None and account.used[resource] >= limit:
            self._note(visit, f"more than {limit} requests an hour")
            raise refused(403, f"API rate limit exceeded for {visit.key}.", PRIMARY_DOCS)
        account.used[resource] += 1
        self.books.primary += 1

    def refund(self, key: str, resource: str) -> None:
        """Give back what an answer cost that turned out to be 304."""
        self.account(key).used[resource] -= 1
        self.books.primary -= 1

    def headers(self, key: str, now: datetime, resource: str) -> dict[str, str]:
        """Return the ``x-ratelimit`` headers."""
        figures = self.figures(key, now, resource)
        return {f"x-ratelimit-{name}": str(value) for name, value in figures.items()} | {
            "x-ratelimit-resource": resource
        }

    def figures(self, key: str, now: datetime, resource: str) -> dict[str, int]:
        """Return limit, remaining, reset and used, as ``/rate_limit`` has them."""
        account = self.account(key)
        limit = self.limits.primary_per_hour or 1_000_000
        ends = account.window_ends.get(resource, now + HOUR)
        used = account.used.get(resource, 0) if ends > now else 0
        reset = int((ends if ends > now else now + HOUR).timestamp())
        return {"limit": limit, "remaining": max(limit - used, 0), "reset": reset, "used": used}

    def _hold(self, visit: Visit, count: int, limit: int | None, unit: str) -> None:
        if limit is not None and count > limit:
            self._note(visit, f"{count} {unit}, {limit} allowed")
            self.announce(visit.key, visit.at, self.limits.retry_after or MINUTE)
            raise self._secondary(self.limits.retry_after)

    def _secondary(self, span: timedelta | None) -> Refused:
        if span is None:
            return refused(403, SECONDARY, SECONDARY_DOCS)
        return refused(403, SECONDARY, SECONDARY_DOCS, retry_after=str(ceil(span.total_seconds())))

    def _note(self, visit: Visit, why: str) -> None:
        self.books.broken.append(f"{visit.at:%H:%M:%S} {visit.key}: {visit.what}: {why}")


def _forget(account: Account, now: datetime) -> None:
    while account.points and account.points[0][0] <= now - MINUTE:
        account.points.popleft()
    while account.content and account.content[0] <= now - HOUR:
        account.content.popleft()
