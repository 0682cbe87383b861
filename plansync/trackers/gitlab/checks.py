"""What ``plansync doctor`` finds out about one GitLab project and the token: each check a question of its own.

Nothing is written. A question that cannot be answered says so, and the next one is asked; only where the server does
not answer, or does not take the token, there is nothing more to ask.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from plansync.errors import CredentialRefused, TrackerError
from plansync.hosts.calls import Call
from plansync.ports.checkup import Check
from plansync.trackers.gitlab.refusals import safe, unfit
from plansync.trackers.gitlab.speaking import Speaker

SOON = timedelta(days=14)
"""How long before its end a token is worth a word."""
SKEW = timedelta(minutes=2)
_ROLES = {10: "Guest", 15: "Planner", 20: "Reporter", 30: "Developer", 40: "Maintainer", 50: "Owner"}
_PLANNER = 15
_BOT = re.compile(r"(?P<kind>project|group)_\d+_bot")
_HOOK_PATH = "/webhooks/gitlab"
Wire = Mapping[str, Any]


def examine(desk: Speaker) -> Sequence[Check]:
    """Return the checks of everything that a sync needs; raises nothing of its own."""
    try:
        server = _server(desk)
    except CredentialRefused as error:
        return [_failed("token", error)]
    except TrackerError as error:
        return [_failed("server", error)]
    if server[0].ok is False:
        return server
    return [*server, *_token(desk), *_project(desk), _attempt("webhook", lambda: _webhook(desk))]


def _server(desk: Speaker) -> Sequence[Check]:
    """Ask for the version, and learn from the answer's head what clock and limits there are."""
    reply = desk.line.ask(Call(path="/version", what="read the version"))
    host = desk.line.host
    if reply.status == 401:
        hint = "set a token with the scope api; a CI job's own may not work on issues"
        return [Check("token", False, f"{host} does not accept it: {safe(reply.message) or '401'}", hint)]
    if reply.status >= 400:
        version = Check("server", None, f"{host} answers, but does not tell its version")
    else:
        version = Check("server", True, f"{host} answers, GitLab {reply.json().get('version', '')}".rstrip())
    checks = [version]
    if reply.date is not None:
        checks.append(_clock(reply.date - desk.line.pace.clock.now()))
    left = reply.headers.get("ratelimit-remaining", "")
    limit = reply.headers.get("ratelimit-limit", "")
    said = f"{left} of {limit} requests are left in this minute" if left and limit else "the server tells no limits"
    return [*checks, Check("limits", None if not left else left != "0", said)]


def _clock(ahead: timedelta) -> Check:
    seconds = round(abs(ahead.total_seconds()))
    if abs(ahead) <= SKEW:
        return Check("clock", True, f"within {seconds} s of the server's")
    hint = "set this machine's clock, for instance with NTP"
    return Check("clock", False, f"{seconds} s {'behind' if ahead > timedelta(0) else 'ahead of'} the server's", hint)


def _token(desk: Speaker) -> Iterator[Check]:
    try:
        user = desk.read("/user", "read whose token it is")
    except TrackerError as error:
        yield _failed("account", error)
        return
    yield Check("account", True, f"{user['username']}, {_kind(user)}")
    try:
        token = desk.read("/personal_access_tokens/self", "read what the token is")
    except TrackerError:
        yield Check("token", None, "the server does not tell what it may do and how long it lasts")
        return
    yield _expiry(token, desk.now.date())
    yield _scopes(token.get("scopes") or ())


def _kind(user: Wire) -> str:
    found = _BOT.match(user["username"])
    return f"a {found['kind']}'s token" if found else "a personal token"


def _expiry(token: Wire, today: date) -> Check:
    if token.get("revoked") or token.get("active") is False:
        return Check("token", False, "it was revoked or is expired", "make a new one with the scope api")
    if not token.get("expires_at"):
        return Check("token", True, "valid, without an end")
    end = date.fromisoformat(token["expires_at"])
    hint = "make a new one in time" if end - today <= SOON else ""
    return Check("token", True, f"valid until {end}, {(end - today).days} days more", hint)


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
        yield _failed("project", error)
        return
    facts = desk.facts_in(wire)
    obstacle = unfit(facts, desk.line.host)
    renamed = facts.path.casefold() != desk.project.casefold()
    if obstacle is not None:
        yield _failed("project", obstacle)
    elif renamed:
        yield Check("project", True, f"{desk.project} is {facts.path} now", "name its new path in tracker.project")
    else:
        yield Check("project", True, facts.path)
    yield _access(wire.get("permissions") or {})


def _access(permissions: Wire) -> Check:
    """Say whether the role allows labels and milestones: a guest may open issues, and GitLab leaves these out."""
    known = [access["access_level"] for access in permissions.values() if access]
    if not known:
        return Check("access", None, "no role in the project; administrators need none")
    level = max(known)
    role = _ROLES.get(level, f"level {level}")
    if level >= _PLANNER:
        return Check("access", True, role)
    hint = "give the account the role Planner, Reporter or above"
    return Check("access", False, f"{role}: issues would be made without labels and milestone", hint)


def _webhook(desk: Speaker) -> Check:
    try:
        hooks = desk.read(f"{desk.root}/hooks", "list the webhooks")
    except CredentialRefused:
        return Check("webhook", None, "only a Maintainer may see webhooks")
    ours = [hook for hook in hooks if urlsplit(hook["url"]).path.endswith(_HOOK_PATH)]
    if not ours:
        return Check("webhook", None, "none leads to plansync: a daemon sees changes at its next scheduled run")
    if any(hook.get("alert_status") in {"disabled", "temporarily_disabled"} for hook in ours):
        hint = "see its recent events under Settings, Webhooks, put right what failed, and test it there"
        return Check("webhook", False, "GitLab has switched it off because deliveries failed", hint)
    deaf = not any(hook.get("issues_events") for hook in ours)
    if deaf:
        return Check("webhook", False, "it tells nothing of issues", "switch on its issues events")
    return Check("webhook", True, "it tells of issues")


def _attempt(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except TrackerError as error:
        return Check(name, None, str(error), error.hint)


def _failed(name: str, error: TrackerError) -> Check:
    return Check(name, False, str(error), error.hint)
