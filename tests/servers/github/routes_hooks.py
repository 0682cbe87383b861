"""Routes of a repository's webhooks, for its administrators."""

from __future__ import annotations

from typing import Any

from tests.servers.github import payloads
from tests.servers.github.access import level_of
from tests.servers.github.render import Json, instant
from tests.servers.github.routing import Call, Routes
from tests.servers.github.state import Hook
from tests.servers.github.words import invalid, not_found
from tests.servers.wire import Answer

routes = Routes("repository_hooks", "repos/webhooks")
HOOKS = "/repos/{owner}/{repo}/hooks"
HOOK = HOOKS + "/{hook_id}"


@routes.on("GET", HOOKS)
def list_hooks(call: Call) -> Answer:
    _may(call)
    return call.page(list(call.repository.hooks.values()), lambda hook: shown(call, hook))


@routes.on("POST", HOOKS)
def create_hook(call: Call) -> Answer:
    _may(call)
    body = call.body()
    config: dict[str, Any] = body.get("config") or {}
    if not config.get("url"):
        raise invalid("Hook", "url", "missing_field")
    if any(hook.url == config["url"] for hook in call.repository.hooks.values()):
        raise invalid("Hook", "", "custom", "Hook already exists on this repository")
    now = call.world.now()
    hook = Hook(call.world.next_id(), "", "", list(body.get("events") or ["push"]), now, now)
    call.repository.hooks[hook.id] = hook
    _configure(hook, config)
    hook.active = body.get("active", True)
    _ping(call, hook)
    return Answer(201, shown(call, hook), {"Location": shown(call, hook)["url"]})


@routes.on("GET", HOOK)
def get_hook(call: Call) -> Answer:
    return Answer(200, shown(call, _hook(call)))


@routes.on("PATCH", HOOK)
def update_hook(call: Call) -> Answer:
    hook, body = _hook(call), call.body()
    _configure(hook, body.get("config") or {})
    hook.events = list(body.get("events", hook.events))
    hook.events += [event for event in body.get("add_events", []) if event not in hook.events]
    hook.events = [event for event in hook.events if event not in body.get("remove_events", [])]
    hook.active = body.get("active", hook.active)
    hook.updated_at = call.world.now()
    return Answer(200, shown(call, hook))


@routes.on("DELETE", HOOK)
def delete_hook(call: Call) -> Answer:
    del call.repository.hooks[_hook(call).id]
    return Answer(204)


@routes.on("POST", HOOK + "/pings")
def ping_hook(call: Call) -> Answer:
    _ping(call, _hook(call))
    return Answer(204)


def _configure(hook: Hook, config: dict[str, Any]) -> None:
    hook.url = config.get("url", hook.url)
    hook.secret = config.get("secret", hook.secret)
    hook.content_type = config.get("content_type", hook.content_type)
    hook.insecure_ssl = str(config.get("insecure_ssl", hook.insecure_ssl))


def _ping(call: Call, hook: Hook) -> None:
    payload = payloads.ping(call.render, call.repository, hook, shown(call, hook))
    call.post.tell(hook, "ping", None, payload, call.repository)


def shown(call: Call, hook: Hook) -> Json:
    """Return a ``hook``; its secret is never told."""
    api = f"{call.render.repository_url(call.repository)}/hooks/{hook.id}"
    config = {"url": hook.url, "content_type": hook.content_type, "insecure_ssl": hook.insecure_ssl}
    return {
        "type": "Repository",
        "id": hook.id,
        "name": "web",
        "active": hook.active,
        "events": hook.events,
        "config": config | ({"secret": "********"} if hook.secret else {}),
        "created_at": instant(hook.created_at),
        "updated_at": instant(hook.updated_at),
        "url": api,
        "test_url": f"{api}/test",
        "ping_url": f"{api}/pings",
        "deliveries_url": f"{api}/deliveries",
        "last_response": _last_response(call, hook),
    }


def _last_response(call: Call, hook: Hook) -> Json:
    """Return what the last delivery was answered with. Assumed: no answer is told as 502."""
    codes = [made.status for made in call.post.deliveries if made.hook is hook and made.status is not None]
    if not codes:
        return {"code": None, "status": "unused", "message": None}
    code = codes[-1] or 502
    return {"code": code, "status": "active" if code < 300 else "failure", "message": "OK" if code < 300 else "failed"}


def _hook(call: Call) -> Hook:
    _may(call)
    found = call.repository.hooks.get(call.number("hook_id"))
    if found is None:
        raise not_found()
    return found


def _may(call: Call) -> None:
    """Hide hooks from whoever does not administer the repository; an App does what its permission says."""
    token = call.identity.token
    is_app = token is not None and token.app is not None
    if not is_app and not level_of(call.identity, call.repository, "admin"):
        raise not_found()
