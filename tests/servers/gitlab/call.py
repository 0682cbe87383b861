"""One request on its way through the GitLab test server: who asks, for what, with which parameters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from tests.servers.gitlab.values import Group, Issue, Milestone, Project, Token, User
from tests.servers.wire import Answer, Request

if TYPE_CHECKING:
    from tests.servers.gitlab.service import GitLab


class Refused(Exception):
    """The answer is an error; ``content`` in GitLab's own words."""

    def __init__(self, status: int, message: Any, key: str = "message", headers: dict[str, str] | None = None) -> None:
        super().__init__(status, message)
        self.answer = Answer(status, {key: message}, headers or {})


def not_found(what: str = "") -> Refused:
    """Return the 404 for something that the API looked for itself, or (without a name) that its database did."""
    return Refused(404, f"404 {what} Not Found" if what else "404 Not found")


def forbidden() -> Refused:
    """Return the 403 for missing rights."""
    return Refused(403, "403 Forbidden")


@dataclass(slots=True)
class Call:
    """A request with its user and its parameters: path, query and body together, as GitLab's framework mixes them."""

    lab: GitLab
    request: Request
    user: User | None
    token: Token | None
    params: dict[str, Any]

    @property
    def me(self) -> User:
        """Return the user; nobody is refused."""
        if self.user is None:
            raise Refused(401, "401 Unauthorized")
        return self.user

    def need_user(self) -> None:
        """Refuse nobody."""
        _ = self.me

    def text(self, name: str) -> str | None:
        """Return a parameter as text, None where it was not sent or is null."""
        value = self.params.get(name)
        return None if value is None else str(value)

    def needed(self, name: str) -> Any:
        """Return a parameter that must be there."""
        if name not in self.params:
            raise Refused(400, f"{name} is missing", "error")
        return self.params[name]

    def number(self, name: str) -> int:
        """Return a parameter that must be a whole number."""
        try:
            return int(self.needed(name))
        except (TypeError, ValueError):
            raise Refused(400, f"{name} is invalid", "error") from None

    def flag(self, name: str) -> bool:
        """Return a parameter that is true or false; false where it was not sent."""
        return str(self.params.get(name, "")).lower() in {"true", "1"}

    def words(self, name: str) -> list[str] | None:
        """Return a list parameter, sent as a list or with commas; None where it was not sent."""
        if name not in self.params:
            return None
        value = self.params[name]
        parts = value if isinstance(value, list) else [value]
        found = [word.strip() for part in parts if part is not None for word in str(part).split(",")]
        return [word for word in found if word]

    def project(self) -> Project:
        """Return the project of the path; who may not read it does not learn that it exists."""
        project, by_old_path = self.lab.state.find_project(str(self.params["id"]))
        if project is None or not self.lab.reads(self.user, project):
            raise not_found("Project")
        if by_old_path and self.lab.state.strict("renamed-projects"):
            if self.request.writes:
                raise Refused(405, "Non GET methods are not allowed for moved projects")
            raise Refused(301, "Moved", headers={"Location": self._under_the_id(project)})
        return project

    def group(self) -> Group:
        """Return the group of the path."""
        group = self.lab.state.find_group(str(self.params["id"]))
        if group is None or (self.user is None and not group.personal):
            raise not_found("Group")
        return group

    def container(self) -> Project | Group:
        """Return the project or group of the path."""
        return self.project() if self.params["*"] == "projects" else self.group()

    def need(self, container: Project | Group, level: int) -> None:
        """Refuse who has less than ``level``, and whoever writes to an archived project."""
        if self.lab.state.level(self.me, container) < level:
            raise forbidden()
        self.need_life(container)

    def need_life(self, container: Project | Group) -> None:
        """Refuse writes to an archived project."""
        if isinstance(container, Project) and container.archived and self.request.writes:
            raise forbidden()

    def issue(self) -> Issue:
        """Return the issue of the path, as far as it may be read."""
        project = self.project()
        issue = self.lab.state.find_issue(project, self.number("iid"))
        if issue is None or not self.lab.sees(self.user, issue):
            raise not_found()
        return issue

    def milestone(self) -> Milestone:
        """Return the milestone of the path, by its global id: the iid is another number."""
        container, wanted = self.container(), self.number("milestone_id")
        own = self.lab.state.milestones_for(container, ancestors=False)
        for milestone in own:
            if milestone.id == wanted or (not self.lab.state.strict("milestone-ids") and milestone.iid == wanted):
                return milestone
        raise not_found()

    def _under_the_id(self, project: Project) -> str:
        old = self.request.raw_path.split("/projects/", 1)[1].split("/")
        query = "&".join(f"{name}={value}" for name, value in self.request.pairs)
        rest = "/".join([str(project.id), *old[1:]])
        return f"{self.lab.base}/api/v4/projects/{rest}" + (f"?{query}" if query else "")


Handler = Callable[[Call], Any]
Routes = Mapping[tuple[str, str], Handler]
"""Method and path below ``/api/v4``, with ``:names``, to what answers it.

A handler returns JSON for 200 (201 for POST), or an ``Answer``.
"""


def read_params(request: Request) -> dict[str, Any]:
    """Return the parameters of query and body; ``name[]`` is collected into a list."""
    params: dict[str, Any] = {}
    _mix(params, request.pairs)
    kind = request.headers.get("content-type", "")
    if request.body and "json" in kind:
        try:
            body = json.loads(request.body)
        except ValueError:
            raise Refused(400, "400 Bad request", "error") from None
        params.update(body if isinstance(body, dict) else {})
    elif request.body and "form" in kind:
        _mix(params, parse_qsl(request.body.decode(), keep_blank_values=True))
    return params


def _mix(params: dict[str, Any], pairs: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> None:
    for name, value in pairs:
        if name.endswith("[]"):
            params.setdefault(name[:-2], []).append(value)
        else:
            params[name] = value
