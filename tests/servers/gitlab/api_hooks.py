"""Web hooks of projects and groups in the API of the GitLab test server."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import urlsplit

from tests.servers.gitlab.basics import stamp
from tests.servers.gitlab.call import Call, Refused, Routes, not_found
from tests.servers.gitlab.paging import page
from tests.servers.gitlab.values import MAINTAINER, Hook, Project
from tests.servers.wire import Answer

EVENTS = (
    "push_events", "tag_push_events", "merge_requests_events", "repository_update_events", "issues_events",
    "confidential_issues_events", "note_events", "confidential_note_events", "pipeline_events", "wiki_page_events",
    "deployment_events", "feature_flag_events", "job_events", "releases_events", "milestone_events", "emoji_events",
    "resource_access_token_events", "resource_deploy_token_events", "vulnerability_events",
)  # fmt: skip


def _shown(call: Call, hook: Hook) -> dict[str, Any]:
    where = "project_id" if isinstance(hook.owner, Project) else "group_id"
    status, until = call.lab.webhooks.alert(hook)
    kept = {"token_present": bool(hook.token), "signing_token_present": bool(hook.signing_token)}
    return {
        "id": hook.id,
        "url": hook.url,
        "name": hook.name,
        "description": hook.description,
        "created_at": stamp(hook.created_at),
        **{name: hook.events.get(name, False) for name in EVENTS},
        "enable_ssl_verification": hook.enable_ssl_verification,
        "alert_status": status,
        "disabled_until": None if until is None else stamp(until),
        "url_variables": [],
        "push_events_branch_filter": None,
        "branch_filter_strategy": "all_branches",
        "custom_webhook_template": None,
        "custom_headers": [],
        **(kept if call.lab.webhooks.young else {}),
        where: hook.owner.id,
    }


def _listing(call: Call) -> Answer:
    owner = call.container()
    call.need(owner, MAINTAINER)
    return page(
        call, [hook for hook in call.lab.state.hooks.values() if hook.owner is owner], lambda hook: _shown(call, hook)
    )


def _hook(call: Call) -> Hook:
    owner = call.container()
    call.need(owner, MAINTAINER)
    hook = call.lab.state.hooks.get(call.number("hook_id"))
    if hook is None or hook.owner is not owner:
        raise not_found()
    return hook


def _show(call: Call) -> dict[str, Any]:
    return _shown(call, _hook(call))


def _create(call: Call) -> dict[str, Any]:
    owner = call.container()
    call.need(owner, MAINTAINER)
    url = _url(call)
    hook = Hook(call.lab.state.new_id("hook"), url, owner, call.lab.now(), events={"push_events": True})
    _fill(call, hook)
    call.lab.state.hooks[hook.id] = hook
    return _shown(call, hook)


def _update(call: Call) -> dict[str, Any]:
    hook = _hook(call)
    hook.url = _url(call) if "url" in call.params else hook.url
    _fill(call, hook)
    return _shown(call, hook)


def _delete(call: Call) -> Answer:
    del call.lab.state.hooks[_hook(call).id]
    return Answer(204)


def _events(call: Call) -> Answer:
    hook = _hook(call)
    if not call.lab.webhooks.young:
        raise Refused(404, "404 Not Found", "error")
    heard = list(enumerate(call.lab.webhooks.heard.get(hook.id, []), 1))
    return page(call, heard[::-1], lambda one: _event(hook, one[0], *one[1]))


def _event(hook: Hook, number: int, event: str, status: int) -> dict[str, Any]:
    told = "internal error" if not status else str(status)
    return {"id": number, "url": hook.url, "trigger": event.lower().replace(" ", "_"), "response_status": told}


def _test(call: Call) -> Answer:
    """Send a test, and say whether it was answered well."""
    hook = _hook(call)
    if call.text("trigger") not in EVENTS:
        raise Refused(400, "trigger does not have a valid value", "error")
    status = call.lab.webhooks.test(hook, call.me)
    if not 200 <= status < 300:
        raise Refused(422, f"Hook execution failed: {status}")
    return Answer(201, {"message": "201 Created"})


def _url(call: Call) -> str:
    url = str(call.needed("url"))
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise Refused(422, "Invalid url given", "error")
    return url


def _fill(call: Call, hook: Hook) -> None:
    hook.events |= {name: call.flag(name) for name in EVENTS if name in call.params}
    for name in ("token", "name", "description"):
        if name in call.params:
            setattr(hook, name, call.text(name) or "")
    if "signing_token" in call.params and call.lab.webhooks.young:
        hook.signing_token = _signing_token(call.text("signing_token") or "")
    if "enable_ssl_verification" in call.params:
        hook.enable_ssl_verification = call.flag("enable_ssl_verification")


def _signing_token(text: str) -> str:
    """Return a signing token: ``whsec_`` and 32 bytes in base64."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if text and (not text.startswith("whsec_") or len(key) != 32):
        raise Refused(422, {"signing_token": ["must be in whsec_<base64> format encoding a 32-byte key"]})
    return text


ROUTES: Routes = {
    ("GET", "*/:id/hooks"): _listing,
    ("POST", "*/:id/hooks"): _create,
    ("GET", "*/:id/hooks/:hook_id"): _show,
    ("PUT", "*/:id/hooks/:hook_id"): _update,
    ("DELETE", "*/:id/hooks/:hook_id"): _delete,
    ("GET", "*/:id/hooks/:hook_id/events"): _events,
    ("POST", "*/:id/hooks/:hook_id/test/:trigger"): _test,
}
