"""Web hooks of the GitLab test server: what is sent, with which headers, and kept in ``deliveries``.

A hook with a signing token signs as Standard Webhooks say: HMAC-SHA256 over ``id.timestamp.body``, in base64, with the
32 bytes that the token holds; the id is the ``Idempotency-Key``. With ``deliver`` set they are posted, too, from a
thread each; a hook that failed four times in a row is not called for a while, as GitLab does it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from tests.servers.gitlab.entities import Entities
from tests.servers.gitlab.hook_payloads import Payloads
from tests.servers.gitlab.state import State
from tests.servers.gitlab.values import Hook, Issue, Milestone, Note, Project, User

FAILURES_ALLOWED = 3
LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call of one hook."""

    at: datetime
    event: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the payload."""
        return json.loads(self.body)


@dataclass
class Webhooks:
    """Hears what happens, and calls the hooks that want to know."""

    state: State
    entities: Entities
    deliver: bool = False
    deliveries: list[Delivery] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """The statuses that hooks answered, 0 for no answer."""
    young: bool = True
    """Whether the server knows signing tokens and lists what hooks answered, as newer ones do."""
    heard: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    """Of each hook the events and the statuses that it answered, oldest first."""
    _threads: list[threading.Thread] = field(default_factory=list)
    _failures: dict[int, int] = field(default_factory=dict)
    _paused_until: dict[int, datetime] = field(default_factory=dict)

    def tell(self, event: str, subject: Any, user: User, more: dict[str, Any]) -> None:
        """Say what happened to ``subject``."""
        payloads = Payloads(self.state, self.entities)
        match subject:
            case Issue():
                name, kind = (
                    ("Confidential Issue Hook", "confidential_issues_events")
                    if subject.confidential
                    else (
                        "Issue Hook",
                        "issues_events",
                    )
                )
                self._send(subject.project, name, kind, payloads.issue(subject, user, more))
            case Note():
                issue: Issue = more["issue"]
                hidden = subject.internal or issue.confidential
                name, kind = (
                    ("Confidential Note Hook", "confidential_note_events")
                    if hidden
                    else (
                        "Note Hook",
                        "note_events",
                    )
                )
                self._send(issue.project, name, kind, payloads.note(subject, issue, user, more["action"]))
            case Milestone() if isinstance(subject.owner, Project):
                payload = payloads.milestone(subject, subject.owner, more["action"])
                self._send(subject.owner, "Milestone Hook", "milestone_events", payload)
            case Project():
                self._send(subject, "Push Hook", "push_events", payloads.push(subject, user, more))
            case _:
                """Group milestones go to group hooks, which take a licence."""

    def alert(self, hook: Hook) -> tuple[str, datetime | None]:
        """Return whether a hook is called, in GitLab's word, and until when it is not."""
        until = self._paused_until.get(hook.id)
        is_paused = until is not None and until > self.state.now()
        return ("temporarily_disabled", until) if is_paused else ("executable", None)

    def test(self, hook: Hook, user: User) -> int:
        """Call a hook as for a push, now, whether it rests or not; an answer that is well lets it rest no more."""
        owner = hook.owner
        ends = {"branch": "main", "before": "a" * 40, "after": "b" * 40, "commits": []}
        payloads = Payloads(self.state, self.entities)
        payload = payloads.push(owner, user, ends) if isinstance(owner, Project) else {}
        before = len(self.deliveries)
        self.deliver, deliver = False, self.deliver
        self._call(hook, "Push Hook", json.dumps(payload).encode())
        self.deliver = deliver
        if not deliver:
            return 200
        self._post(hook, self.deliveries[before])
        status = self.answers[-1]
        if 200 <= status < 300:
            self._paused_until.pop(hook.id, None)
        return status

    def wait(self) -> None:
        """Return when all that was sent has been answered."""
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _send(self, project: Project, event: str, kind: str, payload: dict[str, Any]) -> None:
        owners = self.state.owners_for(project)
        for hook in list(self.state.hooks.values()):
            paused = self._paused_until.get(hook.id)
            if hook.owner in owners and hook.events.get(kind) and (paused is None or paused <= self.state.now()):
                self._call(hook, event, json.dumps(payload).encode())

    def _call(self, hook: Hook, event: str, body: bytes) -> None:
        serial = len(self.deliveries)
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"delivery-{serial}"))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitLab/18.5.1-ee",
            "Idempotency-Key": key,
            "X-Gitlab-Event": event,
            "X-Gitlab-Event-UUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"event-{serial}")),
            "X-Gitlab-Instance": self.entities.base,
            "X-Gitlab-Webhook-UUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"hook-{hook.id}")),
        }
        headers |= {"X-Gitlab-Token": hook.token} if hook.token else {}
        headers |= signature(hook.signing_token, key, self.state.now(), body) if hook.signing_token else {}
        delivery = Delivery(self.state.now(), event, hook.url, headers, body)
        self.deliveries.append(delivery)
        if self.deliver:
            thread = threading.Thread(target=self._post, args=(hook, delivery), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _post(self, hook: Hook, delivery: Delivery) -> None:
        status = post(delivery)
        self.answers.append(status)
        self.heard.setdefault(hook.id, []).append((delivery.event, status))
        if 200 <= status < 400:
            self._failures[hook.id] = 0
            return
        failures = self._failures[hook.id] = self._failures.get(hook.id, 0) + 1
        if failures > FAILURES_ALLOWED:
            pause = timedelta(minutes=1) * 2 ** (failures - FAILURES_ALLOWED - 1)
            self._paused_until[hook.id] = self.state.now() + min(pause, LONGEST_PAUSE)


def signature(token: str, key: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that prove where a delivery comes from, and when it was sent."""
    at = str(int(now.timestamp()))
    secret = base64.b64decode(token.removeprefix("whsec_"))
    digest = hmac.new(secret, b".".join([key.encode(), at.encode(), body]), hashlib.sha256).digest()
    signed = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": key, "webhook-timestamp": at, "webhook-signature": signed}


def post(delivery: Delivery) -> int:
    """Send a delivery, and return the status of the answer, 0 without one."""
    parts = urlsplit(delivery.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("POST", parts.path or "/", delivery.body, dict(delivery.headers))
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()
