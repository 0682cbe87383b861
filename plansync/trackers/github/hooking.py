"""Webhooks of one GitHub repository.

Source: https://docs.github.com/en/rest/repos/webhooks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from plansync.core.pace import Sending
from plansync.errors import ChangeRefused, CredentialRefused, IssueGone, TrackerError
from plansync.hosts.calls import Call, Reply
from plansync.ports.hooking import Hook
from plansync.trackers.github.speaking import Speaker

EVENTS = ("issues", "label", "milestone", "push", "repository")
YOUNG_EVENTS = ("issue_dependencies", "sub_issues")
"""What older Enterprise Servers do not know, and refuse a webhook for."""
_RIGHT = (
    "the role Admin and, of a classic token, the scope repo or admin:repo_hook; of a fine-grained one or an App, "
    "Webhooks: read and write"
)
Wire = Mapping[str, Any]


@dataclass(slots=True)
class GitHubHooks(Speaker):
    """The webhooks of ``project``, over the line of its desk."""

    def all(self) -> Sequence[Hook]:
        return [hook_of(wire) for wire in self._all(f"{self.root}/hooks", "list the webhooks")]

    def last_answer(self, hook: Hook) -> int | None:
        return hook.last

    def create(self, url: str, secret: str) -> Hook:
        return self._put_up("POST", f"{self.root}/hooks", {"name": "web"}, _config(url, secret))

    def update(self, hook: Hook, url: str, secret: str) -> Hook:
        return self._put_up("PATCH", self._path(hook), {}, _config(url, secret))

    def remove(self, hook: Hook) -> None:
        with suppress(IssueGone):
            call = Call(method="DELETE", path=self._path(hook), kind=Sending.WRITE, what="remove the webhook")
            self._send(call)

    def ping(self, hook: Hook) -> None:
        path = f"{self._path(hook)}/pings"
        self._send(Call(method="POST", path=path, kind=Sending.WRITE, what="ping the webhook"))

    def _put_up(self, method: str, path: str, more: Wire, config: Wire) -> Hook:
        """Send a webhook that hears everything; a server that does not know all events gets those that it knows."""
        try:
            return self._put_up_for((*EVENTS, *YOUNG_EVENTS), method, path, {**more, "config": config})
        except ChangeRefused as error:
            if "event" not in str(error).rpartition(self.line.host)[2].casefold():
                raise
            return self._put_up_for(EVENTS, method, path, {**more, "config": config})

    def _put_up_for(self, events: Sequence[str], method: str, path: str, body: Wire) -> Hook:
        call = Call(
            method=method,
            path=path,
            body={**body, "events": sorted(events), "active": True},
            kind=Sending.WRITE,
            repeatable=method != "POST",
            what="put up the webhook",
        )
        return hook_of(self._send(call).json())

    def _path(self, hook: Hook) -> str:
        return f"{self.root}/hooks/{hook.id}"

    def _checked(self, call: Call, reply: Reply) -> Reply:
        """Name the right that is missing: GitHub hides webhooks from those who may not manage them."""
        try:
            return Speaker._checked(self, call, reply)
        except IssueGone as error:
            if call.path != f"{self.root}/hooks":
                raise
            self._get(self.root, "read the project")
            raise self._no_right(call) from error
        except CredentialRefused as error:
            if reply.status != 403 or "x-github-sso" in reply.headers:
                raise
            raise self._no_right(call) from error

    def _no_right(self, call: Call) -> TrackerError:
        return CredentialRefused(
            f"the token may not {call.what} in {self.project} on {self.line.host}", hint=f"that takes {_RIGHT}"
        )


def hook_of(wire: Wire) -> Hook:
    """Return a webhook out of GitHub's JSON; an Enterprise Server's missing young events are not missed."""
    events = tuple(sorted(wire.get("events") or ()))
    config = wire.get("config") or {}
    active = bool(wire.get("active"))
    code = (wire.get("last_response") or {}).get("code")
    return Hook(
        id=wire.get("id", 0),
        url=config.get("url") or "",
        active=active,
        events=events,
        missing=() if "*" in events else tuple(name for name in EVENTS if name not in events),
        last=code or None,
        trouble=_trouble(active, config, code),
    )


def _trouble(active: bool, config: Wire, code: int | None) -> str:
    if not active:
        return "it is switched off"
    if code is not None and not 200 <= code < 300:
        return f"its last delivery was answered with {code}" if code else "its last delivery was not answered"
    if str(config.get("insecure_ssl", "0")) != "0":
        return "it does not check plansync's certificate"
    return ""


def _config(url: str, secret: str) -> Wire:
    return {"url": url, "content_type": "json", "secret": secret, "insecure_ssl": "0"}
