"""From a request to its answer: who calls, what may be done, what it costs, and all the headers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import unquote, urlencode

from tests.servers.github import (
    graphql,
    routes_apps,
    routes_comments,
    routes_git,
    routes_hooks,
    routes_issues,
    routes_labels,
    routes_milestones,
    routes_pulls,
    routes_relations,
    routes_repository,
)
from tests.servers.github.access import Identity, check_need, check_visible, credential, identify
from tests.servers.github.accountant import Accountant, Visit
from tests.servers.github.faults import SILENCE, words_for
from tests.servers.github.hooks import Post
from tests.servers.github.routing import Call, Route, match
from tests.servers.github.state import Repository
from tests.servers.github.words import DOCS, Refused, moved, not_found, refused
from tests.servers.github.world import World
from tests.servers.wire import Answer, Fault, Request, encode

MODULES = (
    graphql.routes,
    routes_apps.routes,
    routes_comments.routes,
    routes_git.routes,
    routes_hooks.routes,
    routes_issues.routes,
    routes_labels.routes,
    routes_milestones.routes,
    routes_pulls.routes,
    routes_relations.routes,
    routes_repository.routes,
)
TABLE: Sequence[Route] = [route for routes in MODULES for route in routes.table]


class Front:
    """Answers requests out of ``world``."""

    def __init__(self, world: World, accountant: Accountant, post: Post) -> None:
        self.world = world
        self.accountant = accountant
        self.post = post
        self._serial = 0

    def now(self) -> datetime:
        """Return the clock's time."""
        return self.world.clock.now()

    def answer(self, request: Request) -> Answer:
        with self.world.lock:
            identity, route = Identity(), None
            try:
                identity = identify(self.world, credential(request))
                route, params = self._matched(request)
                answer = self._routed(request, identity, route, params)
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

    def _matched(self, request: Request) -> tuple[Route, dict[str, str]]:
        if "user-agent" not in request.headers:
            raise refused(403, "Request forbidden by administrative rules. Please make sure your request has a "
                          "User-Agent header.")  # fmt: skip
        return match(TABLE, request.method, self._current(request))

    def _routed(self, request: Request, identity: Identity, route: Route, params: dict[str, str]) -> Answer:
        visit = Visit(identity.key, self.now(), f"{request.method} {request.path}")
        self.accountant.admit(visit, *price_of(request, route))
        if route.template != "/rate_limit":
            self.accountant.charge(visit, resource_of(request))
        if identity.token is None and identity.app is not None and route.need.permission != "app":
            raise refused(401, "Requires authentication")
        call = Call(self.world, request, identity, params, self.accountant, self.post)
        if "owner" in params:
            call.found = self._entered(call, route)
        return route.handler(call)

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


def price_of(request: Request, route: Route) -> tuple[int, str | None]:
    """Return the points of a request and the kind of content that it makes; a query in GraphQL only reads."""
    if resource_of(request) == "graphql":
        is_mutation = b"mutation" in request.body
        return (5, "commit") if is_mutation else (1, None)
    return (5 if request.writes else 1), route.content
