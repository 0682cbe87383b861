"""The GitLab test server: a stateful GitLab over HTTP, as far as plansync uses one.

``GitLab`` is the service behind ``tests.servers.wire.TestServer``; ``serve`` starts both. What it answers follows
GitLab's own source and documentation; where that leaves a choice, the docstring beside it says what was assumed. Each
behaviour that a careless tool trips over can be switched off by its name in ``lenient`` (see ``SWITCHES``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

from tests.servers.gitlab import access, refusals, router
from tests.servers.gitlab.accountant import Accountant, Books, Limits
from tests.servers.gitlab.call import Call, Refused, read_params
from tests.servers.gitlab.desk import Desk
from tests.servers.gitlab.entities import Entities
from tests.servers.gitlab.people import GitLabPeople
from tests.servers.gitlab.repository import Push, add_commit
from tests.servers.gitlab.scribe import Scribe
from tests.servers.gitlab.state import Clock, State
from tests.servers.gitlab.switches import Leniency
from tests.servers.gitlab.values import (
    DEVELOPER,
    GUEST,
    MAINTAINER,
    PLANNER,
    Commit,
    Issue,
    Project,
    Token,
    TokenKind,
    User,
)
from tests.servers.gitlab.webhooks import Delivery, Webhooks
from tests.servers.wire import Answer, Fault, Request, TestServer, Watch, encode

LENIENT = {
    "browser-crlf": "a browser's save keeps line ends",
    "group-milestone-title-clash": "a project's milestone may be called like one of its groups'",
    "label-case": "labels that differ in case alone are one",
    "labels-dropped-for-guests": "labels, milestone and assignees are taken from everybody",
    "milestone-ids": "a milestone is found by its iid as well as by its id",
    "milestone-title-clash": "two milestones of a project may have one title",
    "moved-issues": "a moved issue does not say where it went",
    "pages": "lists are answered whole",
    "promoted-issues": "an issue that became an epic stays open",
    "put-labels-replaces": "``labels`` adds to what is there",
    "quick-actions": "text is only text",
    "renamed-projects": "a renamed project goes on under its old path",
    "tidied-texts": "descriptions and notes keep carriage returns and trailing space",
    "totals": "pages are counted above 10,000 records",
    "trimmed-titles": "titles keep the space around them",
    "work-items-urls": "issues are never called work items in addresses",
}
"""Every switch, and what it makes of the behaviour."""


class GitLab:
    """One instance with one project to start with, and a user with a token who may maintain it."""

    def __init__(
        self,
        clock: Clock,
        project: str = "acme/platform/core",
        token: str = "glpat-plansync-test-server",
        login: str = "plansync-bot",
    ) -> None:
        self.state = State(clock)
        self.entities = Entities(self.state)
        self.webhooks = Webhooks(self.state, self.entities)
        self.desk = Desk(self.state, self.webhooks.tell)
        self.accountant = Accountant()
        self.scribe = Scribe(self.state, self.desk)
        self.project = self.state.add_project(project)
        self.lag = timedelta(0)
        """How long lists do not show new issues and milestones; reading one by its number does."""
        self.etags = True
        self.countable = 10_000
        """How many records a list may have whose totals are told."""
        self.version = "18.5.1-ee"
        self.add_user(login, MAINTAINER, token)

    @property
    def base(self) -> str:
        """The instance's address, with its sub-path when it has one."""
        return self.entities.base

    @base.setter
    def base(self, url: str) -> None:
        self.entities.base = url.rstrip("/")

    @property
    def licensed(self) -> bool:
        """Whether the instance has a licence: several assignees, weights, blocking links, epics."""
        return self.entities.epics

    @licensed.setter
    def licensed(self, paid: bool) -> None:
        self.entities.epics = paid

    @property
    def work_items(self) -> bool:
        """Whether issues are work items in addresses, as newer versions have it."""
        return self.entities.work_items

    @work_items.setter
    def work_items(self, newer: bool) -> None:
        self.entities.work_items = newer

    @property
    def lenient(self) -> Leniency:
        """The behaviours that are switched off, names of ``SWITCHES``."""
        return self.state.lenient

    @property
    def executed(self) -> list[tuple[str, str, str]]:
        """The quick actions that were carried out: the issue's reference, the command, its argument."""
        return self.scribe.executed

    @property
    def notified(self) -> list[tuple[str, str]]:
        """Who was mentioned: the issue's reference and the login."""
        return self.scribe.notified

    @property
    def cross_references(self) -> list[tuple[str, str]]:
        """Which issue mentioned which: references of both."""
        return self.scribe.cross_references

    @property
    def deliveries(self) -> list[Delivery]:
        """What the web hooks were sent."""
        return self.webhooks.deliveries

    @property
    def limits(self) -> Limits:
        """The limits, to be changed or turned off."""
        return self.accountant.limits

    @property
    def books(self) -> Books:
        """What was counted, and which limits were broken."""
        return self.accountant.books

    def add_user(self, login: str, access: int = DEVELOPER, token: str | None = None) -> User:
        """Make a user with an access level in the project, 0 for none, and a token (``glpat-<login>``)."""
        user = self.state.add_user(login)
        self.set_access(login, access)
        self.add_token(login, token or f"glpat-{login}")
        return user

    def set_access(self, login: str, access: int, project: Project | None = None) -> None:
        """Give a user another access level."""
        members = (project or self.project).members
        members[self.user(login).id] = access
        if not access:
            del members[self.user(login).id]

    def add_token(
        self,
        login: str,
        value: str,
        *,
        kind: TokenKind = TokenKind.PERSONAL,
        scopes: tuple[str, ...] = ("api",),
        expires_on: date | None = None,
    ) -> Token:
        """Give a user one more token. Project and group tokens belong to bots: see ``add_bot``."""
        token = self.state.add_token(self.user(login), value, kind)
        token.scopes, token.expires_on = scopes, expires_on
        return token

    def add_bot(self, value: str, access: int = MAINTAINER, kind: TokenKind = TokenKind.PROJECT) -> User:
        """Make a project's or group's token, with the bot user that GitLab makes for it."""
        owner = self.project if kind is TokenKind.PROJECT else self.project.group
        mark = hashlib.sha256(value.encode()).hexdigest()[:32]
        bot = self.state.add_user(f"{kind}_{owner.id}_bot_{mark}", f"{kind} token", bot=True)
        owner.members[bot.id] = access
        self.state.add_token(bot, value, kind)
        return bot

    def user(self, login: str) -> User:
        """Return a user who is there."""
        found = self.state.find_user(login)
        assert found is not None, login
        return found

    def people(self, login: str = "ann", project: Project | None = None) -> GitLabPeople:
        """Return somebody who works in the project by hand; a new login is a maintainer."""
        user = self.state.find_user(login) or self.add_user(login, MAINTAINER)
        return GitLabPeople(self.state, self.scribe, project or self.project, user)

    def commit(self, files: dict[str, bytes | None], branch: str = "", login: str = "ann") -> Commit:
        """Put a commit on a branch (the default one unless named), as somebody who pushes it; None removes a file."""
        user = self.state.find_user(login) or self.add_user(login, MAINTAINER)
        name = branch or self.project.default_branch
        head = self.project.branches.get(name)
        whole = {**(head.tree if head is not None else {}), **files}
        tree = {path: content for path, content in whole.items() if content is not None}
        return add_commit(self.desk, self.project, user, Push(name, None, "Change", []), tree)

    def issue(self, number: int, project: Project | None = None) -> Issue:
        """Return an issue of the project."""
        found = self.state.find_issue(project or self.project, number)
        assert found is not None, number
        return found

    def rename_project(self, path: str, project: Project | None = None) -> None:
        """Give a project another full path, to which the old one leads."""
        renamed = project or self.project
        renamed.old_paths.add(renamed.full_path.lower())
        where, _, renamed.path = path.rpartition("/")
        renamed.group = self.state.group_at(where)

    def reads(self, user: User | None, project: Project) -> bool:
        """Say whether somebody may see a project."""
        public = project.visibility == "public" or (project.visibility == "internal" and user is not None)
        return public or self.state.level(user, project) >= GUEST

    def sees(self, user: User | None, issue: Issue) -> bool:
        """Say whether somebody may see an issue of a project that they may see."""
        if not issue.project.issues_enabled:
            return False
        mine = user is not None and (user is issue.author or user in issue.assignees)
        return not issue.confidential or mine or self.state.level(user, issue.project) >= PLANNER

    def is_listed(self, born: datetime) -> bool:
        """Say whether lists show what was made at ``born`` already."""
        return born <= self.now() - self.lag

    def check_creation(self, call: Call) -> None:
        """Refuse one issue too many."""
        self.accountant.creation(self.credential(call.request), self.now())

    def check_note(self, call: Call) -> None:
        """Refuse one note too many."""
        self.accountant.note(self.credential(call.request), self.now())

    def now(self) -> datetime:
        return self.state.now()

    def credential(self, request: Request) -> str:
        return access.credential(request)

    def refusal(self, fault: Fault, request: Request) -> Answer:
        return self._finished(refusals.refusal(self, fault, request), request)

    def answer(self, request: Request) -> Answer:
        limits: dict[str, str] = {}
        try:
            limits = self.accountant.request(self.credential(request), self.now(), f"{request.method} {request.path}")
            answer = self._answer(request)
        except Refused as refused:
            answer = refused.answer
        answer.headers = {**limits, **answer.headers}
        return self._finished(answer, request)

    def _answer(self, request: Request) -> Answer:
        path = router.below_the_api(request.raw_path)
        token = access.authenticate(self.state, request)
        access.check_scope(token, request, path)
        handler, found = router.match(request.method, path)
        user = None if token is None else token.user
        if user is None and request.writes:
            raise Refused(401, "401 Unauthorized")
        call = Call(self, request, user, token, {**read_params(request), **found})
        content = handler(call)
        if isinstance(content, Answer):
            return content
        return Answer(201 if request.method == "POST" else 200, content)

    def _finished(self, answer: Answer, request: Request) -> Answer:
        if answer.content is not None:
            answer.headers.setdefault("Content-Type", "application/json")
        answer.headers["Date"] = format_datetime(self.now().astimezone(UTC), usegmt=True)
        answer.headers["X-Request-Id"] = hashlib.sha256(repr(request).encode()).hexdigest()[:26].upper()
        if self.etags and answer.status == 200 and not request.writes:
            return _conditional(answer, request)
        return answer


@contextmanager
def serve(gitlab: GitLab, watch: Watch | None = None, root: str = "") -> Iterator[TestServer]:
    """Start a server for ``gitlab``, below ``root`` (such as ``/git``), and tell it its address."""
    with TestServer(gitlab, watch) as server:
        gitlab.base = f"{server.url}{root}"
        yield server


def _conditional(answer: Answer, request: Request) -> Answer:
    """Give an answer the ETag of its content; where the client knows it, the content is not sent again."""
    tag = f'W/"{hashlib.sha256(encode(answer.content)).hexdigest()[:32]}"'
    answer.headers |= {"ETag": tag, "Cache-Control": "max-age=0, private, must-revalidate", "Vary": "Origin"}
    known = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    return Answer(304, None, answer.headers) if tag in known else answer
