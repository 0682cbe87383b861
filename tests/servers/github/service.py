"""The GitHub of the tests: what a test arranges and reads, and what the server around it asks."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.servers.github import apps
from tests.servers.github.access import credential
from tests.servers.github.accountant import Accountant, Books
from tests.servers.github.front import Front
from tests.servers.github.gitstore import Store
from tests.servers.github.hooks import Delivery, Post
from tests.servers.github.people import GitHubPeople
from tests.servers.github.state import App, Commit, Repository, Token, User
from tests.servers.github.switches import Leniency
from tests.servers.github.world import Now, World
from tests.servers.wire import Answer, Fault, Request, TestServer, Watch


class GitHub:
    """A whole GitHub with one repository to begin with, and one account whose ``token`` plansync is given.

    Tests read ``books``, set ``lenient``, ``lag``, ``access`` and ``accountant.limits``, and act as ``people``.
    """

    def __init__(
        self, clock: Now, project: str = "acme/web", token: str = "ghp_test0token", login: str = "plansync-bot"
    ) -> None:
        self.world = World(clock)
        self.accountant = Accountant()
        self.post = Post(self.world)
        self.world.announce = self.post.announce
        self.front = Front(self.world, self.accountant, self.post)
        self.token = token
        self.login = login
        self.repository = self.add_repository(project)
        self.add_user(login, "write", token)

    # -- what tests arrange -------------------------------------------------------------------------------------------

    @property
    def base(self) -> str:
        """Return the address of the server, without a path."""
        return self.world.base

    @base.setter
    def base(self, url: str) -> None:
        self.world.base = url.rstrip("/")

    @property
    def api(self) -> str:
        """Return the address of the REST interface, for ``api_url``."""
        return self.world.api

    @property
    def books(self) -> Books:
        """Return what the accountant wrote down."""
        return self.accountant.books

    @property
    def lenient(self) -> Leniency:
        """Return the switches that are on; see ``switches.py``."""
        return self.world.lenient

    @lenient.setter
    def lenient(self, names: set[str]) -> None:
        self.world.lenient = Leniency(names)

    @property
    def lag(self) -> timedelta:
        """Return how far lists of issues and milestones lag behind."""
        return self.world.lag

    @lag.setter
    def lag(self, span: timedelta) -> None:
        self.world.lag = span

    @property
    def access(self) -> Token:
        """Return the main token: scopes, permissions, expiry, single sign-on."""
        return self.world.tokens[self.token]

    @property
    def may_push(self) -> bool:
        """Say whether the main account may write to the main repository."""
        return self.repository.allows(self.login, "write")

    @may_push.setter
    def may_push(self, allowed: bool) -> None:
        self.repository.permissions[self.login] = "write" if allowed else "read"

    @property
    def graphql_rate_limited(self) -> bool:
        """Say whether GraphQL answers 200 with an error RATE_LIMITED."""
        return self.world.graphql_rate_limited

    @graphql_rate_limited.setter
    def graphql_rate_limited(self, limited: bool) -> None:
        self.world.graphql_rate_limited = limited

    @property
    def deliveries(self) -> list[Delivery]:
        """Return what webhooks were told, oldest first."""
        return self.post.deliveries

    def add_repository(self, full_name: str, *, private: bool = False) -> Repository:
        """Open another repository; everybody who was added keeps their permission there, too."""
        made = self.world.add_repository(full_name, private=private)
        first = next(iter(self.world.repositories.values()))
        made.permissions.update(first.permissions)
        return made

    def rename_repository(self, old: str, new: str) -> None:
        """Rename a repository; its old name redirects."""
        found = self.world.repository(old)
        if found is None:
            raise LookupError(old)
        self.world.rename(found, new)

    def add_user(self, login: str, permission: str = "write", token: str | None = None) -> User:
        """Add an account with a permission on every repository there is, and perhaps a classic token."""
        user = self.world.user(login)
        for repository in self.world.repositories.values():
            repository.permissions[login] = permission
        if token is not None:
            self.world.tokens[token] = Token(token, user)
        return user

    def add_app(self, slug: str = "plansync", permissions: dict[str, str] | None = None) -> App:
        """Register an App and install it; ``id``, ``private_key`` and ``handed_out`` are to be read from it."""
        return apps.create(self.world, slug, permissions)

    def commit(self, files: dict[str, bytes | None], message: str = "Change", login: str = "ann") -> Commit:
        """Put a commit on the main repository's default branch, as somebody who pushes it."""
        with self.world.lock:
            actor, branch = self.world.user(login), self.repository.default_branch
            return Store(self.world, self.repository).commit(actor, branch, files, message)

    def people(self, login: str = "ann", project: str | None = None) -> GitHubPeople:
        """Return somebody who works at the repository in a browser."""
        repository = self.world.repository(project) if project else self.repository
        if repository is None:
            raise LookupError(project)
        if login.casefold() not in self.world.users:
            self.add_user(login)
        return GitHubPeople(self.world, repository, login)

    # -- what the server asks -----------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self.world.clock.now()

    def credential(self, request: Request) -> str:
        return credential(request)

    def answer(self, request: Request) -> Answer:
        return self.front.answer(request)

    def refusal(self, fault: Fault, request: Request) -> Answer:
        return self.front.refusal(fault, request)


def serve(github: GitHub, watch: Watch | None = None) -> TestServer:
    """Return a server, to be used as a context, whose address ``github`` knows."""
    server = TestServer(github, watch)
    github.base = server.url
    return server
