"""Webhooks of one GitLab project.

Source: https://docs.gitlab.com/api/project_webhooks. A secret in the form of Standard Webhooks (``whsec_`` and 32 bytes
in base64) signs deliveries where the server can do that; else, and for other secrets, it is sent along as a token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from plansync.core.pace import Sending
from plansync.errors import ChangeRefused, CredentialRefused, IssueGone
from plansync.hosts.calls import Call, Reply
from plansync.ports.hooking import Hook
from plansync.trackers.gitlab.speaking import Speaker

EVENTS = ("confidential_issues_events", "issues_events", "milestone_events", "push_events")
_SIGNS = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")
_SWITCHED_OFF = {
    "disabled": "GitLab has switched it off, because deliveries failed",
    "temporarily_disabled": "GitLab leaves it alone for a while, because deliveries failed",
}
_RIGHT = "that takes the role Maintainer in the project, and a token with the scope api"
_BLOCKED = "GitLab's administrators allow addresses in their own network under Outbound requests"
Wire = Mapping[str, Any]


@dataclass(slots=True)
class GitLabHooks(Speaker):
    """The webhooks of ``project``, over the line of its desk."""

    def all(self) -> Sequence[Hook]:
        return [hook_of(wire) for wire in self.read_all(f"{self.root}/hooks", "list the webhooks")]

    def last_answer(self, hook: Hook) -> int | None:
        """Ask for the last event; servers before 17.3 have no list of them."""
        with suppress(IssueGone):
            reply = self._list(f"{self._path(hook)}/events", {"per_page": "1"}, "read the webhook's events")
            for event in reply.json():
                return _status_of(event)
        return None

    def create(self, url: str, secret: str) -> Hook:
        return self._put_up("POST", "/hooks", url, secret)

    def update(self, hook: Hook, url: str, secret: str) -> Hook:
        return self._put_up("PUT", f"/hooks/{hook.id}", url, secret)

    def remove(self, hook: Hook) -> None:
        path = f"{self._root_for_writing()}/hooks/{hook.id}"
        with suppress(IssueGone):
            self._send(Call(method="DELETE", path=path, kind=Sending.WRITE, what="remove the webhook"))

    def ping(self, hook: Hook) -> None:
        path = f"{self._root_for_writing()}/hooks/{hook.id}/test/push_events"
        self._send(Call(method="POST", path=path, kind=Sending.WRITE, what="test the webhook"))

    def _put_up(self, method: str, path: str, url: str, secret: str) -> Hook:
        """Put up a webhook that is signed; where the server does not sign, which it says by its answer, with a token.

        Of the two ways only one is left, lest a key of signatures be sent along, or an old one refuse what is right.
        """
        signs = _SIGNS.fullmatch(secret) is not None
        given = {"signing_token": secret} if signs else {"token": secret}
        made = self._written(method, path, {**_body(url), **given})
        has_signature, has_token = made.get("signing_token_present"), made.get("token_present")
        more: dict[str, str | None] = {}
        if signs and not has_signature:
            more = {"token": secret}
        elif signs and has_token:
            more = {"token": ""}
        elif not signs and has_signature:
            more = {"signing_token": None}
        return hook_of(self._written("PUT", f"/hooks/{made['id']}", {"url": url, **more}) if more else made)

    def _written(self, method: str, path: str, body: Wire) -> Wire:
        call = Call(
            method=method,
            path=self._root_for_writing() + path,
            body=body,
            kind=Sending.WRITE,
            repeatable=method != "POST",
            what="put up the webhook",
        )
        wire: Wire = self._send(call).json()
        return wire

    def _path(self, hook: Hook) -> str:
        return f"{self.root}/hooks/{hook.id}"

    def _checked(self, call: Call, reply: Reply) -> Reply:
        try:
            return Speaker._checked(self, call, reply)
        except CredentialRefused as error:
            if reply.status != 403:
                raise
            message = f"the token may not {call.what} in {self.project} on {self.line.host}"
            raise CredentialRefused(message, hint=_RIGHT) from error
        except ChangeRefused as error:
            words = str(error).casefold()
            is_blocked = "invalid url" in words or "blocked" in words or "not allowed" in words
            raise ChangeRefused(str(error), hint=_BLOCKED if is_blocked else error.hint) from error


def hook_of(wire: Wire) -> Hook:
    """Return a webhook out of GitLab's JSON."""
    off = _SWITCHED_OFF.get(wire.get("alert_status") or "", "")
    until = wire.get("disabled_until")
    trouble = f"{off}, until {until}" if off and until else off
    if not trouble and wire.get("enable_ssl_verification") is False:
        trouble = "it does not check plansync's certificate"
    return Hook(
        id=wire["id"],
        url=wire.get("url") or "",
        active=not off,
        events=tuple(sorted(name for name, value in wire.items() if name.endswith("_events") and value is True)),
        missing=tuple(name for name in EVENTS if not wire.get(name)),
        trouble=trouble,
    )


def _status_of(event: Wire) -> int | None:
    """Return the answer's status; GitLab has ``internal error`` where there was no answer."""
    text = str(event.get("response_status", ""))
    return int(text) if text.isdecimal() else 0


def _body(url: str) -> Wire:
    return {"url": url, "name": "plansync", "enable_ssl_verification": True, **dict.fromkeys(EVENTS, True)}
