"""What ``plansync doctor`` finds out about one GitHub repository and the token. Nothing is written.

Only what GitHub tells is judged: a fine-grained token does not say what it may do, and is not tried out.
Sources: https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api,
https://docs.github.com/en/rest/rate-limit/rate-limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from plansync.core.addresses import hook_path
from plansync.core.audience import Audience
from plansync.errors import CredentialRefused, TrackerError
from plansync.hosts.calls import Call, Reply
from plansync.ports.checkup import ACCESS, PROJECT, SERVER, TOKEN, Check
from plansync.trackers.github.desk import GitHubDesk
from plansync.trackers.github.hooking import hook_of
from plansync.trackers.github.mapping import facts_of
from plansync.trackers.github.reading import ACTIONS_BOT
from plansync.trackers.github.refusals import refusal
from plansync.trackers.hosted.checks import attempt, clock, failed, lasts_until, webhook
from plansync.trackers.hosted.desk import Facts

RIGHTS = "a fine-grained one with Issues: read and write, or a classic one with the scope repo"
_ROLES = (("admin", "Admin"), ("maintain", "Maintain"), ("push", "Write"), ("triage", "Triage"), ("pull", "Read"))
_ENOUGH = frozenset({"admin", "maintain", "push", "triage"})
_HOOK_PATH = hook_path("github")
Wire = Mapping[str, Any]


def examine(desk: GitHubDesk) -> Sequence[Check]:
    """Return the checks of everything that a sync needs; raises nothing of its own."""
    try:
        reply = desk.line.ask(Call(path="/rate_limit", what="reach the tracker"))
    except CredentialRefused as error:
        return [failed(TOKEN, error), *_clock_of_app(desk)]
    except TrackerError as error:
        return [failed(SERVER, error)]
    server = _server(desk, reply)
    if server.ok is False:
        return [server]
    checks = [server, _clock(desk, reply)]
    if reply.status == 401:
        return [*checks, _unknown_token(desk)]
    return [*checks, _limits(reply), *_token(desk, reply), *_project(desk, reply)]


def _server(desk: GitHubDesk, reply: Reply) -> Check:
    """Say whether it is GitHub that answers; an Enterprise Server tells its version with every answer."""
    host = desk.line.host
    if not reply.is_json:
        hint = "check tracker.api_url; of an Enterprise Server it is https://HOST/api/v3"
        return Check(SERVER, False, f"{host} answers, but not as GitHub's REST interface does", hint)
    if reply.status >= 400 and reply.status not in {401, 404}:
        return failed(SERVER, refusal(Call(path="/rate_limit", what="reach it"), reply, host, desk.project))
    version = reply.headers.get("x-github-enterprise-version", "")
    return Check(SERVER, True, f"{host} answers, Enterprise Server {version}" if version else f"{host} answers")


def _clock(desk: GitHubDesk, reply: Reply) -> Check:
    if reply.date is None:
        return Check("clock", None, "the server does not tell its time")
    return clock(reply.date - desk.line.pace.clock.now(), signs=desk.app is not None)


def _clock_of_app(desk: GitHubDesk) -> Iterator[Check]:
    """Compare clocks where the App itself was refused, for which that may be the reason."""
    if desk.app is not None:
        yield clock(desk.app.line.ahead, signs=True)


def _unknown_token(desk: GitHubDesk) -> Check:
    message = f"{desk.line.host} does not accept it: it is wrong, was revoked, or has expired"
    return Check(TOKEN, False, message, f"make a new one, {RIGHTS}")


def _limits(reply: Reply) -> Check:
    core = _resources(reply).get("core") or {}
    limit, left, reset = core.get("limit"), core.get("remaining"), core.get("reset")
    if limit is None or left is None or reset is None:
        return Check("limits", None, "the server tells no limits")
    until = datetime.fromtimestamp(reset, UTC)
    said = f"{left} of {limit} requests are left until {until:%H:%M} UTC"
    return Check("limits", True, said, "" if left else "plansync waits until then by itself")


def _resources(reply: Reply) -> Wire:
    found = reply.json()
    resources = found.get("resources") if isinstance(found, dict) else None
    return resources if isinstance(resources, dict) else {}


def _token(desk: GitHubDesk, reply: Reply) -> Iterator[Check]:
    """Say whose token it is, of which kind, how long it lasts, and what it may do as far as it tells."""
    scopes = reply.headers.get("x-oauth-scopes")
    try:
        login = desk.login()
    except TrackerError as error:
        yield failed(TOKEN, error)
        return
    yield Check("account", True, f"{login}, {_kind(desk, login, scopes)}")
    if desk.app is not None:
        yield Check(TOKEN, True, "valid; renewed every hour")
        return
    yield _expiry(reply.headers.get("github-authentication-token-expiration", ""), desk.line.pace.clock.now())
    if scopes is not None:
        yield _scopes([scope.strip() for scope in scopes.split(",") if scope.strip()])
    elif login != ACTIONS_BOT:
        yield Check("scopes", None, "a fine-grained token does not tell; it takes Issues: read and write")


def _kind(desk: GitHubDesk, login: str, scopes: str | None) -> str:
    if desk.app is not None:
        return f"an installation of the App {desk.app.app_id}"
    if login == ACTIONS_BOT:
        return "a workflow's own token"
    return "a fine-grained token" if scopes is None else "a classic token"


def _expiry(text: str, now: datetime) -> Check:
    """Read the end of a token: ``2026-04-01 10:00:00 UTC``, or with an offset in place of UTC."""
    try:
        end = datetime.strptime(text.replace("UTC", "+0000"), "%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        return Check(TOKEN, True, "valid, without an end" if not text else f"valid until {text}")
    return lasts_until(end.astimezone(UTC).date(), now.date(), "make a new one in time")


def _scopes(scopes: Sequence[str]) -> Check:
    listed = ", ".join(scopes) or "none"
    if "repo" in scopes:
        return Check("scopes", True, listed)
    if "public_repo" in scopes:
        return Check("scopes", None, f"{listed}: enough for public repositories alone")
    return Check("scopes", False, f"{listed}: repo is missing", "give the token the scope repo")


def _project(desk: GitHubDesk, reply: Reply) -> Iterator[Check]:
    call = Call(path=desk.root, what="read the project")
    try:
        answer = desk.line.ask(call)
    except TrackerError as error:
        yield failed(PROJECT, error)
        return
    if answer.status >= 400:
        yield failed(PROJECT, refusal(call, answer, desk.line.host, desk.project))
        return
    wire = answer.json()
    yield _state(desk, facts_of(wire))
    yield attempt(ACCESS, lambda: _access(desk, wire.get("permissions") or {}, reply))
    yield attempt("webhook", lambda: _webhook(desk))


def _state(desk: GitHubDesk, facts: Facts) -> Check:
    where = f"{facts.path} on {desk.line.host}"
    if facts.archived:
        hint = "unarchive the repository, or take the target out of plansync.toml"
        return Check(PROJECT, False, f"{where} is archived and cannot be changed", hint)
    if not facts.has_issues:
        hint = "switch them on in the repository's settings, under General, Features"
        return Check(PROJECT, False, f"issues are switched off in {where}", hint)
    if facts.path.casefold() != desk.project.casefold():
        return Check(PROJECT, True, f"{desk.project} is {facts.path} now", "name its new path in tracker.project")
    return Check(PROJECT, True, f"{facts.path}, {'public' if facts.issues_for is Audience.ALL else 'private'}")


def _access(desk: GitHubDesk, permissions: Mapping[str, bool], reply: Reply) -> Check:
    """Say whether labels and milestones may be set: GitHub drops them silently from what others open."""
    if desk.app is not None:
        return _access_of_app(desk.app.permissions())
    role = next(((name, word) for name, word in _ROLES if permissions.get(name)), None)
    if role is not None and role[0] in _ENOUGH:
        return Check(ACCESS, True, role[1])
    if "x-oauth-scopes" not in reply.headers and desk.login() == ACTIONS_BOT:
        return Check(ACCESS, None, "a workflow's token does not tell; the workflow needs permissions: issues: write")
    message = f"{role[1] if role else 'none'}: issues would be made without labels and milestone"
    return Check(ACCESS, False, message, "give the account the role Write, or Triage where all labels are there")


def _access_of_app(permissions: Mapping[str, str]) -> Check:
    listed = ", ".join(f"{name}: {level}" for name, level in sorted(permissions.items())) or "none"
    if permissions.get("issues") == "write":
        return Check(ACCESS, True, listed)
    hint = "give the App Issues: read and write in its settings, and accept that for the installation"
    return Check(ACCESS, False, f"{listed}: issues: write is missing", hint)


def _webhook(desk: GitHubDesk) -> Check:
    call = Call(path=f"{desk.root}/hooks", query={"per_page": "100"}, what="list the webhooks")
    reply = desk.line.ask(call)
    if reply.status in {403, 404}:
        return Check("webhook", None, "the token may not list webhooks; that takes Webhooks: read, or the role Admin")
    if reply.status >= 400:
        raise refusal(call, reply, desk.line.host, desk.project)
    hooks = [hook_of(wire) for wire in reply.json()]
    return webhook([hook for hook in hooks if urlsplit(hook.url).path.endswith(_HOOK_PATH)])
