"""The table of routes, and what a handler gets to see of a request."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import unquote, urlencode

from tests.servers.github.access import Identity, Need, level_of
from tests.servers.github.accountant import Accountant
from tests.servers.github.desk import Desk
from tests.servers.github.hooks import Post
from tests.servers.github.render import Renderer
from tests.servers.github.state import Issue, Milestone, Repository, User
from tests.servers.github.words import DOCS, invalid, moved, not_found, refused
from tests.servers.github.world import World
from tests.servers.wire import Answer, Request

T = TypeVar("T")
TOO_FAR = (
    "Pagination with the page parameter is not supported for large datasets, please use cursor based pagination "
    "(after/before)"
)


@dataclass(slots=True)
class Call:
    """One request on its way through a handler."""

    world: World
    request: Request
    identity: Identity
    params: dict[str, str]
    accountant: Accountant
    post: Post
    found: Repository | None = None
    render: Renderer = field(init=False)

    def __post_init__(self) -> None:
        self.render = Renderer(self.world)

    @property
    def repository(self) -> Repository:
        """Return the repository that the path names."""
        if self.found is None:
            raise not_found()
        return self.found

    @property
    def user(self) -> User:
        """Return who calls; raises 401."""
        if self.identity.user is None:
            raise refused(401, "Requires authentication")
        return self.identity.user

    @property
    def desk(self) -> Desk:
        """Return the desk at which the caller does things."""
        return Desk(self.world, self.repository, self.user, self.identity.app)

    @property
    def may_push(self) -> bool:
        """Say whether the caller may write here."""
        return level_of(self.identity, self.repository, "write")

    def body(self) -> dict[str, Any]:
        """Return the request's JSON object; raises 400."""
        try:
            content = self.request.json()
        except ValueError:
            raise refused(400, "Problems parsing JSON") from None
        if not isinstance(content, dict):
            raise refused(400, "Body should be a JSON object")
        return content

    def number(self, name: str) -> int:
        """Return a number out of the path; raises 404."""
        text = self.params[name]
        if not text.isdecimal():
            raise not_found()
        return int(text)

    def issue(self) -> Issue:
        """Return the issue that the path names; raises 301, 404 or 410."""
        repository, number = self.repository, self.number("issue_number")
        if not repository.has_issues:
            raise refused(410, "Issues are disabled for this repo", f"{DOCS}/issues/issues")
        if number in repository.issues:
            return repository.issues[number]
        if number in repository.moved and self.world.lenient.strict("transferred-issues"):
            tail = re.sub(r"^.*?/issues/\d+", "", self.request.raw_path)
            place = self.render.issue_url(repository.moved[number]) + tail
            raise moved(301 if self.request.method == "GET" else 307, place)
        if number in repository.deleted and self.world.lenient.strict("deleted-is-410"):
            raise refused(410, "This issue was deleted")
        raise not_found()

    def milestone(self) -> Milestone:
        """Return the milestone that the path names; raises 404."""
        found = self.repository.milestones.get(self.number("milestone_number"))
        if found is None:
            raise not_found()
        return found

    def page(self, items: Sequence[T], show: Callable[[T], Any], cursor: str = "") -> Answer:
        """Return one page of a list, with links to the others; ``cursor`` names the one that goes on by cursor."""
        if not self.world.lenient.strict("pages"):
            return Answer(200, [show(item) for item in items])
        size, number, first = self._place(cursor)
        is_far = cursor and number * size >= self.world.countable and "after" not in self.request.query
        if is_far and self.world.lenient.strict("cursor-beyond-10000"):
            raise refused(422, TOO_FAR)
        shown = items[first : first + size]
        last = max(-(-len(items) // size), 1)
        links: dict[str, dict[str, int | str]] = {}
        if first + size < len(items):
            links["next"] = {"page": number + 1} | ({"after": encode_cursor(first + size)} if cursor else {})
            if not cursor:
                links["last"] = {"page": last}
        if number > 1:
            links["prev"] = {"page": number - 1}
            links["first"] = {"page": 1}
        headers = {"Link": self._links(links)} if links else {}
        return Answer(200, [show(item) for item in shown], headers)

    def _place(self, cursor: str) -> tuple[int, int, int]:
        query = self.request.query
        size = min(_positive(query.get("per_page"), 30), 100)
        number = _positive(query.get("page"), 1)
        first = decode_cursor(query["after"]) if cursor and "after" in query else (number - 1) * size
        return size, number, first

    def _links(self, links: dict[str, dict[str, int | str]]) -> str:
        """Return a Link header; GitHub names the repository by its id there."""
        path = re.sub(r"^(/api/v3)?/", "/", self.request.raw_path)
        if self.found is not None:
            path = re.sub(r"^/repos/[^/]+/[^/]+", f"/repositories/{self.found.id}", path)
        kept = {name: value for name, value in self.request.query.items() if name != "after"}
        pages = {rel: urlencode({**kept, **place}) for rel, place in links.items()}
        return ", ".join(f'<{self.world.api}{path}?{query}>; rel="{rel}"' for rel, query in pages.items())


def _positive(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) > 0 else otherwise


def encode_cursor(place: int) -> str:
    """Return a cursor that goes on at ``place``; clients must not look inside."""
    return urlsafe_b64encode(json.dumps(["cursor", "v2", place]).encode()).decode()


def decode_cursor(text: str) -> int:
    """Return where a cursor goes on; raises 422."""
    try:
        return int(json.loads(urlsafe_b64decode(text))[2])
    except (ValueError, LookupError, TypeError):
        raise invalid("Issue", "after", "invalid") from None


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path; ``content`` is the kind of content that it makes, for the accountant."""

    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Handler
    need: Need
    content: str | None = None
    docs: str = DOCS


class Routes:
    """The table, filled by decorators."""

    def __init__(self, permission: str = "metadata", docs: str = "") -> None:
        self.table: list[Route] = []
        self.permission = permission
        self.docs = f"{DOCS}/{docs}" if docs else DOCS

    def on(self, method: str, template: str, content: str | None = None) -> Callable[[Handler], Handler]:
        """Register a handler; ``{name}`` takes one segment of the path, ``{name*}`` the rest of it."""
        pattern = re.sub(r"\{(\w+)\*\}", r"(?P<\1>.+)", template)
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        need = Need(self.permission, "read" if method == "GET" else "write")

        def register(handler: Handler) -> Handler:
            self.table.append(Route(method, template, re.compile(pattern), handler, need, content, self.docs))
            return handler

        return register


def match(table: Sequence[Route], method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return the route for a path that is still quoted, and what it says; raises 404."""
    for route in table:
        if route.method == method and (hit := route.pattern.fullmatch(path)):
            return route, {name: unquote(text) for name, text in hit.groupdict().items()}
    raise not_found()
