"""The instance, its users, groups and projects in the API of the GitLab test server."""

from __future__ import annotations

from typing import Any

from tests.servers.gitlab.basics import stamp
from tests.servers.gitlab.call import Call, Refused, Routes, not_found
from tests.servers.gitlab.paging import page
from tests.servers.gitlab.values import MAINTAINER, OWNER, Group, Project, User
from tests.servers.wire import Answer


def _version(call: Call) -> dict[str, Any]:
    call.need_user()
    return {"version": call.lab.version, "revision": "0123456789a"}


def _metadata(call: Call) -> dict[str, Any]:
    call.need_user()
    nothing = {"enabled": False, "externalUrl": None, "version": None}
    return {"version": call.lab.version, "revision": "0123456789a", "kas": nothing, "enterprise": True}


def _me(call: Call) -> dict[str, Any]:
    user = call.me
    more = {"email": f"{user.username}@example.com", "bot": user.bot, "is_admin": user.admin, "external": False}
    return {**call.lab.entities.user(user), "created_at": stamp(call.lab.now()), "locked": False, **more}


def _my_token(call: Call) -> dict[str, Any]:
    if call.token is None:
        raise Refused(401, "401 Unauthorized")
    return call.lab.entities.token(call.token)


def _users(call: Call) -> Answer:
    login, search = (call.text("username") or "").lower(), (call.text("search") or "").lower()
    found = [
        user
        for user in call.lab.state.users.values()
        if login in {"", user.username.lower()} and search in f"{user.username} {user.name}".lower()
    ]
    return page(call, found[::-1], call.lab.entities.user)


def _show_user(call: Call) -> dict[str, Any]:
    user = call.lab.state.users.get(call.number("user_id"))
    if user is None:
        raise not_found("User")
    return call.lab.entities.user(user)


def _create_user(call: Call) -> dict[str, Any]:
    if not call.me.admin:
        raise Refused(403, "403 Forbidden")
    user = call.lab.state.add_user(str(call.needed("username")), str(call.needed("name")))
    return call.lab.entities.user(user)


def _delete_user(call: Call) -> Answer:
    if not call.me.admin:
        raise Refused(403, "403 Forbidden")
    if call.lab.state.users.pop(call.number("user_id"), None) is None:
        raise not_found("User")
    return Answer(204)


def _groups(call: Call) -> Answer:
    found = [group for group in call.lab.state.groups.values() if not group.personal]
    return page(call, found, call.lab.entities.group)


def _show_group(call: Call) -> dict[str, Any]:
    return call.lab.entities.group(call.group())


def _create_group(call: Call) -> dict[str, Any]:
    parent_id = call.params.get("parent_id")
    parent = None if parent_id is None else call.lab.state.groups.get(int(parent_id))
    group = call.lab.state.add_group(str(call.needed("path")), parent, str(call.needed("name")))
    group.members[call.me.id] = OWNER
    return call.lab.entities.group(group)


def _delete_group(call: Call) -> Answer:
    group = call.group()
    call.need(group, OWNER)
    for project in [project for project in call.lab.state.projects.values() if group in project.group.lineage]:
        _forget(call, project)
    del call.lab.state.groups[group.id]
    return Answer(202, {"message": "202 Accepted"})


def _forget(call: Call, project: Project) -> None:
    for issue in call.lab.state.issues_of(project):
        call.lab.state.remove_issue(issue)
    del call.lab.state.projects[project.id]


def _projects(call: Call) -> Answer:
    search = (call.text("search") or "").lower()
    found = [p for p in call.lab.state.projects.values() if call.lab.reads(call.user, p) and search in p.name.lower()]
    return page(call, found[::-1], lambda project: call.lab.entities.project(project, call.user))


def _show_project(call: Call) -> dict[str, Any]:
    return call.lab.entities.project(call.project(), call.user)


def _create_project(call: Call) -> dict[str, Any]:
    name = str(call.needed("name"))
    where = call.params.get("namespace_id")
    group = call.lab.state.find_group(call.me.username if where is None else str(where))
    if group is None:
        raise Refused(400, {"namespace": ["is not valid"]})
    path = str(call.params.get("path", name)).lower().replace(" ", "-")
    project = call.lab.state.add_project(f"{group.full_path}/{path}", name)
    project.members[call.me.id] = MAINTAINER
    return call.lab.entities.project(project, call.me)


def _update_project(call: Call) -> dict[str, Any]:
    project = call.project()
    call.need(project, MAINTAINER)
    project.description = call.text("description") if "description" in call.params else project.description
    return call.lab.entities.project(project, call.me)


def _delete_project(call: Call) -> Answer:
    project = call.project()
    call.need(project, OWNER)
    _forget(call, project)
    return Answer(202, {"message": "202 Accepted"})


def _levels(call: Call, container: Project | Group, *, inherited: bool) -> dict[User, int]:
    users = call.lab.state.users.values()
    if not inherited:
        return {user: container.members[user.id] for user in users if user.id in container.members}
    owners = call.lab.state.owners_for(container)
    levels = {user: max(owner.members.get(user.id, 0) for owner in owners) for user in users}
    return {user: level for user, level in levels.items() if level}


def _members(call: Call, *, inherited: bool = False) -> Answer:
    query = (call.text("query") or "").lower()
    levels = _levels(call, call.container(), inherited=inherited)
    found = [(user, level) for user, level in levels.items() if query in f"{user.username} {user.name}".lower()]
    return page(call, found, lambda pair: call.lab.entities.member(*pair))


def _all_members(call: Call) -> Answer:
    return _members(call, inherited=True)


def _one_member(call: Call) -> dict[str, Any]:
    levels = _levels(call, call.container(), inherited=call.request.raw_path.rsplit("/", 2)[1] == "all")
    wanted = call.number("user_id")
    for user, level in levels.items():
        if user.id == wanted:
            return call.lab.entities.member(user, level)
    raise not_found()


def _add_member(call: Call) -> dict[str, Any]:
    container = call.container()
    call.need(container, MAINTAINER)
    user = call.lab.state.users.get(call.number("user_id"))
    if user is None:
        raise not_found("User")
    container.members[user.id] = call.number("access_level")
    return call.lab.entities.member(user, container.members[user.id])


def _drop_member(call: Call) -> Answer:
    container = call.container()
    call.need(container, MAINTAINER)
    if container.members.pop(call.number("user_id"), None) is None:
        raise not_found()
    return Answer(204)


def _project_users(call: Call) -> Answer:
    """Return who may see a project, narrowed by ``search``; bots are among them."""
    search = (call.text("search") or "").lower()
    levels = _levels(call, call.project(), inherited=True)
    found = [user for user in levels if search in f"{user.username} {user.name}".lower()]
    return page(call, found, call.lab.entities.user)


def _project_groups(call: Call) -> Answer:
    lineage = call.project().group.lineage
    return page(call, [group for group in lineage if not group.personal], call.lab.entities.group)


def _license(call: Call) -> dict[str, Any]:
    if not call.me.admin or not call.lab.licensed:
        raise Refused(404 if call.me.admin else 403, "404 Not Found" if call.me.admin else "403 Forbidden")
    return {"id": 1, "plan": "premium", "created_at": stamp(call.lab.now()), "expired": False}


ROUTES: Routes = {
    ("GET", "version"): _version,
    ("GET", "metadata"): _metadata,
    ("GET", "license"): _license,
    ("GET", "user"): _me,
    ("GET", "personal_access_tokens/self"): _my_token,
    ("GET", "users"): _users,
    ("POST", "users"): _create_user,
    ("GET", "users/:user_id"): _show_user,
    ("DELETE", "users/:user_id"): _delete_user,
    ("GET", "groups"): _groups,
    ("POST", "groups"): _create_group,
    ("GET", "groups/:id"): _show_group,
    ("DELETE", "groups/:id"): _delete_group,
    ("GET", "projects"): _projects,
    ("POST", "projects"): _create_project,
    ("GET", "projects/:id"): _show_project,
    ("PUT", "projects/:id"): _update_project,
    ("DELETE", "projects/:id"): _delete_project,
    ("GET", "projects/:id/users"): _project_users,
    ("GET", "projects/:id/groups"): _project_groups,
    ("GET", "*/:id/members"): _members,
    ("POST", "*/:id/members"): _add_member,
    ("GET", "*/:id/members/all"): _all_members,
    ("GET", "*/:id/members/:user_id"): _one_member,
    ("GET", "*/:id/members/all/:user_id"): _one_member,
    ("DELETE", "*/:id/members/:user_id"): _drop_member,
}
