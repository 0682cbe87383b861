"""What ``plansync doctor`` finds out about one GitLab project and the token: each check a question of its own.

Nothing is written. A question that cannot be answered says so, and the next one is asked; only where the server does
not answer, or does not take the token, there is nothing more to ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from plansync.core.addresses import hook_path
from plansync.core.audience import Audience
from plansync.errors import CredentialRefused, TrackerError
from plansync.hosts.calls import Call, Reply
from plansync.ports.checkup import ACCESS, PROJECT, SERVER, TOKEN, Check
from plansync.trackers.gitlab.hooking import hook_of
from plansync.trackers.gitlab.refusals import refusal, unfit
from plansync.trackers.gitlab.speaking import Speaker
from plansync.trackers.hosted.checks import attempt, clock, failed, lasts_until, webhook

_ROLES = {
    0: "no role",
    5: "Minimal Access",
    10: "Guest",
    15: "Planner",
    20: "Reporter",
    30: "Developer",
    40: "Maintainer",
    50: "Owner",
}
_PLANNER = 15
_BOT = re.compile(r"(?P<kind>project|group)_\d+_bot")
_VERSION = Call(path="/version", what="reach the tracker")
_HOOK_PATH = hook_path("gitlab")
Wire = Mapping[str, Any]


def examine(desk: Speaker) -> Sequence[Check]:
    """Return the checks of everything that a sync needs; raises nothing of its own."""
    try:
        reply = desk.line.ask(_VERSION)
    except CredentialRefused as error:
        return [failed(TOKEN, error)]
    except TrackerError as error:
        return [failed(SERVER, error)]
    server = _server(desk.line.host, reply)
    if server.ok is False:
        return [server]
    checks = [server, *_clock(desk, reply)]
    if reply.status == 401:
        return [*checks, failed(TOKEN, refusal(_VERSION, reply, desk.line.host, desk.project))]
    return [*checks, _limits(reply), *_token(desk), *_project(desk)]


def _server(host: str, reply: Reply) -> Check:
    """Say whether it is GitLab that answers, and of which version, which it tells those whom it knows."""
    if not reply.is_json:
        hint = "check tracker.api_url; it is the address of GitLab's start page"
        return Check(SERVER, False, f"{host} answers, but not as GitLab's REST interface does", hint)
    version = reply.json().get("version", "") if reply.status == 200 else ""
    return Check(SERVER, True, f"{host} answers, GitLab {version}" if version else f"{host} answers")


def _clock(desk: Speaker, reply: Reply) -> Iterator[Check]:
    if reply.date is not None:
        yield clock(reply.date - desk.line.pace.clock.now())


def _limits(reply: Reply) -> Check:
    left, limit = (reply.headers.get(f"ratelimit-{name}", "") for name in ("remaining", "limit"))
    if not left or not limit:
        return Check("limits", None, "the server tells no limits")
    hint = "" if left != "0" else "plansync waits by itself"
    return Check("limits", True, f"{left} of {limit} requests are left for now", hint)


def _token(desk: Speaker) -> Iterator[Check]:
    try:
        user = desk.read("/user", "read whose token it is")
    except TrackerError as error:
        yield failed("account", error)
        return
    yield Check("account", True, f"{user['username']}, {_kind(user)}")
    try:
        token = desk.read("/personal_access_tokens/self", "read what the token is")
    except TrackerError:
        yield Check(TOKEN, None, "the server does not tell what it may do and how long it lasts")
        return
    yield _expiry(token, desk.now.date())
    yield _scopes(token.get("scopes") or ())


def _kind(user: Wire) -> str:
    found = _BOT.match(user["username"])
    return f"a {found['kind']}'s token" if found else "a personal token"


def _expiry(token: Wire, today: date) -> Check:
    if token.get("revoked") or token.get("active") is False:
        return Check(TOKEN, False, "it was revoked or is expired", "make a new one with the scope api")
    if not token.get("expires_at"):
        return Check(TOKEN, True, "valid, without an end")
    return lasts_until(date.fromisoformat(token["expires_at"]), today, "make a new one in time")


def _scopes(scopes: Sequence[str]) -> Check:
    listed = ", ".join(scopes) or "none"
    if "api" in scopes:
        return Check("scopes", True, listed)
    hint = "make a token with the scope api"
    only = "enough for preview, not for writing" if "read_api" in scopes else "not enough"
    return Check("scopes", False, f"{listed}: {only}", hint)


def _project(desk: Speaker) -> Iterator[Check]:
    try:
        wire = desk.read(desk.root, "read the project")
    except TrackerError as error:
        yield failed(PROJECT, error)
        return
    facts = desk.facts_in(wire)
    obstacle = unfit(facts, desk.line.host)
    renamed = facts.path.casefold() != desk.project.casefold()
    if obstacle is not None:
        yield failed(PROJECT, obstacle)
    elif renamed:
        yield Check(PROJECT, True, f"{desk.project} is {facts.path} now", "name its new path in tracker.project")
    else:
        yield Check(
            PROJECT, True, f"{facts.path}, {'private' if facts.issues_for is Audience.MEMBERS else 'not private'}"
        )
    yield attempt(ACCESS, lambda: _access(desk, wire.get("permissions") or {}))
    yield attempt("webhook", lambda: _webhook(desk))


def _access(desk: Speaker, permissions: Wire) -> Check:
    """Say whether the role allows labels and milestones: a guest may open issues, and GitLab leaves these out."""
    known = [access["access_level"] for access in permissions.values() if access]
    if not known and desk.read("/user", "read whose token it is").get("is_admin"):
        return Check(ACCESS, True, "an administrator")
    level = max(known, default=0)
    role = _ROLES.get(level, f"level {level}")
    if level >= _PLANNER:
        return Check(ACCESS, True, role)
    hint = "give the account the role Planner, Reporter or above"
    return Check(ACCESS, False, f"{role}: issues would be made without labels and milestone", hint)


def _webhook(desk: Speaker) -> Check:
    try:
        hooks = [hook_of(wire) for wire in desk.read_all(f"{desk.root}/hooks", "list the webhooks")]
    except CredentialRefused:
        return Check("webhook", None, "the token may not list webhooks; that takes the role Maintainer")
    return webhook([hook for hook in hooks if urlsplit(hook.url).path.endswith(_HOOK_PATH)])
