"""The GitHub of the tests as a service: from the request to the answer with all its headers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import unquote, urlencode

from tests.servers.github import (
    routes_comments,
    routes_issues,
    routes_labels,
    routes_milestones,
    routes_repository,
)
from tests.servers.github.access import Identity, check_need, check_visible, credential, identify
from tests.servers.github.accountant import Accountant, Books, Visit
from tests.servers.github.faults import SILENCE, words_for
from tests.servers.github.people import GitHubPeople
from tests.servers.github.routing import Call, Route, match
from tests.servers.github.state import Repository, Token, User
from tests.servers.github.switches import Leniency
from tests.servers.github.words import DOCS, Refused, moved, not_found, refused
from tests.servers.github.world import Now, World
from tests.servers.wire import Answer, Fault, Request, TestServer, Watch, encode

TABLE: Sequence[Route] = [
    route
    for module in (routes_comments, routes_issues, routes_labels, routes_milestones, routes_repository)
    for route in module.routes.table
]


class GitHub:
    """A whole GitHub with one repository to begin with, and one account whose ``token`` plansync is given.

    Tests read ``books``, set ``lenient``, ``lag``, ``access`` and ``accountant.limits``, and act as ``people``.
    """

    def __init__(
        self, clock: Now, project: str = "acme/web", token: str = "ghp_test0token", login: str = "plansync-bot"
    ) -> None:
        self.world = World(clock)
        self.accountant = Accountant()
        self.token = token
        self.login = login
        self.repository = self.add_repository(project)
        self.add_user(login, "write", token)
        self._serial = 0

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
        with self.world.lock:
            identity, route = Identity(), None
            try:
                identity = identify(self.world, credential(request))
                route, answer = self._routed(request, identity)
            except Refused as refusal:
                answer = refusal.answer
            return self._dressed(request, answer, identity, route)

    def refusal(self, fault: Fault, request: Request) -> Answer:
        with self.world.lock:
            try:
                identity = identify(self.world, credential(request))
            except Refused:
                identity = Identity()
            answer = words_for(fault, self.world, request, self._named(request.raw_path)).answer
            if fault in SILENCE:
                self.accountant.announce(identity.key, self.now(), SILENCE[fault])
            return self._dressed(request, answer, identity, None)

    # -- on the way ---------------------------------------------------------------------------------------------------

    def _routed(self, request: Request, identity: Identity) -> tuple[Route, Answer]:
        if "user-agent" not in request.headers:
            raise refused(403, "Request forbidden by administrative rules. Please make sure your request has a "
                          "User-Agent header.")  # fmt: skip
        path = self._current(request)
        route, params = match(TABLE, request.method, path)
        visit = Visit(identity.key, self.now(), f"{request.method} {request.path}")
        self.accountant.admit(visit, 5 if request.writes else 1, route.content)
        if route.template != "/rate_limit":
            self.accountant.charge(visit, resource_of(request))
        call = Call(self.world, request, identity, params, self.accountant)
        if "owner" in params:
            call.found = self._entered(call, route)
        return route, route.handler(call)

    def _current(self, request: Request) -> str:
        """Return the path without its prefix, and with a repository's number turned into its name."""
        path = request.raw_path.removeprefix("/api/v3")
        by_number = re.match(r"/repositories/(\d+)(/.*)?$", path)
        if by_number is None:
            return path
        repository = self.world.repositories.get(int(by_number[1]))
        if repository is None:
            raise not_found()
        return f"/repos/{repository.full_name}{by_number[2] or ''}"

    def _entered(self, call: Call, route: Route) -> Repository:
        """Return the repository that a path names, if the caller may do there what the route does."""
        name = f"{call.params['owner']}/{call.params['repo']}"
        repository = self.world.repository(name)
        if repository is None:
            repository = self._renamed(call, name)
        check_visible(self.world, call.identity, repository)
        check_need(call.identity, repository, route.need)
        if repository.archived and route.method != "GET":
            raise refused(403, "Repository was archived so is read-only.")
        return repository

    def _renamed(self, call: Call, name: str) -> Repository:
        repository = self.world.old_names.get(name.casefold())
        if repository is None:
            raise not_found()
        check_visible(self.world, call.identity, repository)
        if self.world.lenient.strict("redirect-on-rename"):
            request = call.request
            tail = re.sub(r"^(/api/v3)?/repos/[^/]+/[^/]+", "", request.raw_path)
            query = f"?{urlencode(request.query)}" if request.query else ""
            place = f"{self.world.api}/repositories/{repository.id}{tail}{query}"
            raise moved(301 if request.method == "GET" else 307, place)
        return repository

    def _named(self, raw_path: str) -> Repository | None:
        path = raw_path.removeprefix("/api/v3")
        if found := re.match(r"/repos/([^/]+)/([^/]+)", path):
            return self.world.repository(unquote(f"{found[1]}/{found[2]}"))
        if found := re.match(r"/repositories/(\d+)", path):
            return self.world.repositories.get(int(found[1]))
        return None

    def _dressed(self, request: Request, answer: Answer, identity: Identity, route: Route | None) -> Answer:
        """Put GitHub's headers on an answer, and make it a 304 where the client has it already."""
        if answer.status >= 300 and isinstance(answer.content, dict) and "message" in answer.content:
            answer.content.setdefault("documentation_url", route.docs if route else DOCS)
            answer.content["status"] = str(answer.status)
        resource = resource_of(request)
        if request.method == "GET" and answer.status == 200:
            answer = self._conditional(request, answer, identity, resource)
        self._serial += 1
        token = identity.token
        headers = {
            "Date": format_datetime(self.now(), usegmt=True),
            "Server": "github.com",
            "X-GitHub-Request-Id": f"{self._serial:04X}:{self._serial * 7919:06X}",
            "X-GitHub-Media-Type": "github.v3; format=json",
            **self.accountant.headers(identity.key, self.now(), resource),
            **answer.headers,
        }
        if token is not None and token.permissions is None:
            headers["X-OAuth-Scopes"] = ", ".join(token.scopes)
            headers["X-Accepted-OAuth-Scopes"] = "" if route is None or route.need.level == "read" else "repo"
        elif token is not None and route is not None:
            headers["X-Accepted-GitHub-Permissions"] = route.need.header
        if token is not None and token.expires_at is not None and token.app is None:
            headers["GitHub-Authentication-Token-Expiration"] = f"{token.expires_at:%Y-%m-%d %H:%M:%S} UTC"
        return Answer(answer.status, answer.content, headers)

    def _conditional(self, request: Request, answer: Answer, identity: Identity, resource: str) -> Answer:
        """Give a successful read its ETag; the same token that has it gets a 304, which costs nothing."""
        text = credential(request) if self.world.lenient.strict("etags-per-token") else ""
        digest = hashlib.sha256(text.encode() + b"200" + encode(answer.content)).hexdigest()
        headers = {
            **answer.headers,
            "ETag": f'W/"{digest}"',
            "Cache-Control": "private, max-age=60, s-maxage=60",
            "Vary": "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding, X-Requested-With",
        }
        if digest in request.headers.get("if-none-match", ""):
            self.accountant.refund(identity.key, resource)
            return Answer(304, None, headers)
        return Answer(200, answer.content, headers)


def resource_of(request: Request) -> str:
    """Return whose budget a request is on."""
    return "graphql" if request.raw_path.endswith("/graphql") else "core"


def serve(github: GitHub, watch: Watch | None = None) -> TestServer:
    """Return a server, to be used as a context, whose address ``github`` knows."""
    server = TestServer(github, watch)
    github.base = server.url
    return server
