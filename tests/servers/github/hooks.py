"""Deliveries of webhooks: what a repository's hooks are told, signed, written down and, if asked, sent."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests

from tests.servers.github import payloads
from tests.servers.github.render import Json, Renderer
from tests.servers.github.state import Hook, Repository, User
from tests.servers.github.world import World

PATIENCE_S = 10
"""How long GitHub waits for a 2xx. It never tries again by itself."""


@dataclass(eq=False, slots=True)
class Delivery:
    """One delivery; ``status`` is what the receiver answered, 0 for nothing, None while it was not sent."""

    id: str
    hook: Hook
    event: str
    action: str | None
    payload: Json
    headers: dict[str, str]
    body: bytes
    status: int | None = None

    @property
    def url(self) -> str:
        """Return where it goes."""
        return self.hook.url


class Post:
    """Makes the deliveries of all repositories. With ``deliver``, each is sent at once by a thread of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.deliveries: list[Delivery] = []
        self.deliver = False
        self._threads: list[threading.Thread] = []

    def announce(
        self, event: str, action: str | None, repository: Repository, actor: User, details: dict[str, Any]
    ) -> None:
        """Tell every hook of the repository that listens to this kind of event."""
        told = [hook for hook in repository.hooks.values() if hook.active and _listens(hook, event)]
        if not told:
            return
        payload = payloads.build(Renderer(self.world), event, action, details)
        payload |= payloads.frame(Renderer(self.world), repository, actor)
        for hook in told:
            self.tell(hook, event, action, payload, repository)

    def tell(self, hook: Hook, event: str, action: str | None, payload: Json, repository: Repository) -> Delivery:
        """Make one delivery to one hook."""
        number = len(self.deliveries) + 1
        body = json.dumps(payload).encode()
        if hook.content_type == "form":
            body = urlencode({"payload": body.decode()}).encode()
        made = Delivery(
            id=f"72d3162e-cc78-11e3-81ab-{number:012x}",
            hook=hook,
            event=event,
            action=action,
            payload=payload,
            headers={},
            body=body,
        )
        made.headers.update(_headers(made, repository))
        self.deliveries.append(made)
        if self.deliver:
            thread = threading.Thread(target=self.send, args=(made,), daemon=True)
            self._threads.append(thread)
            thread.start()
        return made

    def send(self, delivery: Delivery) -> None:
        """Send a delivery, for the first time or again, which is the same bytes under the same id."""
        try:
            answer = requests.post(
                delivery.url,
                delivery.body,
                headers=delivery.headers,
                timeout=PATIENCE_S,
                allow_redirects=False,
            )
        except requests.RequestException:
            delivery.status = 0
        else:
            delivery.status = answer.status_code

    def wait(self) -> None:
        """Wait until all is sent."""
        while self._threads:
            self._threads.pop().join()


def _listens(hook: Hook, event: str) -> bool:
    return "*" in hook.events or event in hook.events


def _headers(delivery: Delivery, repository: Repository) -> dict[str, str]:
    hook = delivery.hook
    headers = {
        "Accept": "*/*",
        "Content-Type": "application/json" if hook.content_type == "json" else "application/x-www-form-urlencoded",
        "User-Agent": "GitHub-Hookshot/044aadd",
        "X-GitHub-Delivery": delivery.id,
        "X-GitHub-Event": delivery.event,
        "X-GitHub-Hook-ID": str(hook.id),
        "X-GitHub-Hook-Installation-Target-ID": str(repository.id),
        "X-GitHub-Hook-Installation-Target-Type": "repository",
    }
    if hook.secret:
        for name, method in (("X-Hub-Signature", hashlib.sha1), ("X-Hub-Signature-256", hashlib.sha256)):
            digest = hmac.new(hook.secret.encode(), delivery.body, method).hexdigest()
            headers[name] = f"{method().name}={digest}"
    return headers
