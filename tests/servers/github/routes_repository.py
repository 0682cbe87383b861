"""Routes of a repository itself, its collaborators, and of the account that calls."""

from __future__ import annotations

from tests.servers.github.render_repository import full_repository, whole_user
from tests.servers.github.routing import Call, Routes
from tests.servers.github.words import not_found
from tests.servers.wire import Answer

routes = Routes("metadata", "repos/repos")
REPOSITORY = "/repos/{owner}/{repo}"


@routes.on("GET", REPOSITORY)
def get_repository(call: Call) -> Answer:
    return Answer(200, full_repository(call.render, call.repository, call.identity))


@routes.on("GET", REPOSITORY + "/collaborators/{username}/permission")
def get_permission(call: Call) -> Answer:
    user = call.world.users.get(call.params["username"].casefold())
    if user is None or not call.may_push:
        raise not_found()
    role = call.repository.level(user.login)
    permission = {"maintain": "write", "triage": "read"}.get(role, role)
    levels = ("none", "read", "triage", "write", "maintain", "admin")
    flags = {name: levels.index(role) >= levels.index(level) for name, level in _FLAGS.items()}
    shown = {**call.render.user(user), "permissions": flags, "role_name": role}
    return Answer(200, {"permission": permission, "role_name": role, "user": shown})


_FLAGS = {"pull": "read", "triage": "triage", "push": "write", "maintain": "maintain", "admin": "admin"}


@routes.on("GET", "/user")
def get_user(call: Call) -> Answer:
    return Answer(200, whole_user(call.render, call.user))


@routes.on("GET", "/users/{username}")
def get_other_user(call: Call) -> Answer:
    user = call.world.users.get(call.params["username"].casefold())
    if user is None:
        raise not_found()
    return Answer(200, whole_user(call.render, user))


@routes.on("GET", "/meta")
def get_meta(call: Call) -> Answer:
    return Answer(200, {"verifiable_password_authentication": False})


@routes.on("GET", "/rate_limit")
def get_rate_limit(call: Call) -> Answer:
    key, now = call.identity.key, call.world.clock.now()
    resources = {name: call.accountant.figures(key, now, name) for name in ("core", "graphql", "search")}
    return Answer(200, {"resources": resources, "rate": resources["core"]})
