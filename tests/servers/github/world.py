"""All of the tests' GitHub in one place: accounts, repositories and credentials, and the numbers it gives them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Protocol

from tests.servers.github.state import App, Repository, Token, User
from tests.servers.github.switches import Leniency

Announce = Callable[[str, str | None, Repository, User, dict[str, Any]], None]


class Now(Protocol):
    """Tells the time."""

    def now(self) -> datetime: ...


class World:
    """What there is. ``lag``: lists do not show issues and milestones younger than this.

    ``countable``: the list of issues is not counted in pages as far down as this. ``tree_limit``: how many files and
    folders one answer lists.
    """

    def __init__(self, clock: Now) -> None:
        self.clock = clock
        self.base = "http://github.invalid"
        self.lenient = Leniency()
        self.lag = timedelta()
        self.countable = 10_000
        self.tree_limit = 100_000
        self.graphql_rate_limited = False
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.repositories: dict[int, Repository] = {}
        self.old_names: dict[str, Repository] = {}
        self.tokens: dict[str, Token] = {}
        self.apps: dict[int, App] = {}
        self.announce: Announce = lambda *_: None
        self._ids = count(1001)

    @property
    def api(self) -> str:
        """Return the address of the REST interface, as GitHub Enterprise Server has it."""
        return f"{self.base}/api/v3"

    def now(self) -> datetime:
        """Return the clock's time in whole seconds, which is how GitHub keeps it."""
        return self.clock.now().replace(microsecond=0)

    def next_id(self) -> int:
        """Return a number that nothing else has."""
        return next(self._ids)

    def user(self, login: str, type: str = "User") -> User:
        """Return an account, made if there is none."""
        key = login.casefold()
        if key not in self.users:
            self.users[key] = User(self.next_id(), login, type)
        return self.users[key]

    def repository(self, full_name: str) -> Repository | None:
        """Return the repository that has this name now."""
        wanted = full_name.casefold()
        return next((found for found in self.repositories.values() if found.full_name.casefold() == wanted), None)

    def add_repository(self, full_name: str, *, private: bool = False) -> Repository:
        """Open a repository; its owner is an organization."""
        owner, name = full_name.split("/")
        made = Repository(self.next_id(), self.user(owner, "Organization"), name, self.now(), private)
        self.repositories[made.id] = made
        return made

    def rename(self, repository: Repository, full_name: str) -> None:
        """Give a repository another name; the old one leads to it from now on."""
        self.old_names[repository.full_name.casefold()] = repository
        owner, name = full_name.split("/")
        repository.owner, repository.name = self.user(owner, "Organization"), name

    def is_visible(self, created_at: datetime) -> bool:
        """Say whether a list shows what was made at ``created_at`` already."""
        return self.clock.now() - created_at >= self.lag
