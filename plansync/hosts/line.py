"""The one way to a host: waits its turn, sends, follows redirects, repeats what may be repeated, obeys limits.

A create is sent once. Its lost answer is ``OutcomeUnknown``; a request that surely never arrived, or that a limit
refused, had no effect and says so by another error (spec §4.7).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from plansync.core.pace import Sending
from plansync.errors import OutcomeUnknown, TrackerError, TrackerUnavailable
from plansync.hosts.calls import Call, Lost, Reply, Wire
from plansync.hosts.limits import read_pause
from plansync.hosts.pace import PATIENCE, Pace

TRIES = 3
REDIRECTS = 3
_SECOND = timedelta(seconds=1)
_HTML = "something between, a proxy or a login page, answered instead; check api_url and the proxy"


@dataclass(slots=True)
class Line:
    """A line to one host with one credential. ``sent`` and ``writes`` count the requests.

    ``wire`` may be replaced (a renewed token); ``renew`` is asked for another one when the host does not accept the
    credential any more, and answers None when there is none.
    """

    wire: Wire
    pace: Pace
    sent: int = 0
    writes: int = 0
    ahead: timedelta = timedelta(0)
    """How far the host's clock is ahead of ours, by its last answer, which tells no parts of a second."""
    renew: Callable[[], Wire | None] = field(default=lambda: None)
    scopes: str = ""
    """What the host said last about the token's rights (GitHub: X-OAuth-Scopes)."""
    refusals: int = 0
    """How often in a row a limit refused a request: pauses without a stated length double."""

    @property
    def host(self) -> str:
        """Return the host's name, for messages."""
        return self.pace.host

    @property
    def now(self) -> datetime:
        """Return the time on the host's clock; on ours before its first answer."""
        return self.pace.clock.now() + self.ahead

    def ask(self, call: Call) -> Reply:
        """Send ``call`` and return the reply, whatever its status below 500.

        Raises ``OutcomeUnknown`` for a create whose answer was lost, ``TrackerUnavailable`` when there is no answer,
        ``RateLimited`` when it has to be sent later. What is repeatable is tried three times.
        """
        lost: TrackerError | None = None
        for turn in range(TRIES):
            if turn:
                self.pace.clock.sleep(_SECOND * 2**turn)
            try:
                return self._checked(call, self._send_in_turn(call))
            except Lost as error:
                lost = self._error(call, error)
                if not error.passing or (not call.repeatable and error.sent):
                    raise lost from error
        raise lost or TrackerUnavailable(f"could not {call.what}")

    def _send_in_turn(self, call: Call) -> Reply:
        """Send within the limits; a request that a limit refused is sent again when the pause is short."""
        turn = 0
        while True:
            turn += 1
            reply = self._send(call)
            pause = read_pause(reply, self.pace.clock.now(), again=self.refusals)
            limited = self.pace.back_off(pause.span, pause.reason) if pause is not None else None
            if pause is None or limited is None or not pause.refused:
                self.refusals = 0
                return reply
            self.refusals += 1
            if pause.span > PATIENCE or turn == TRIES:
                raise limited

    def _send(self, call: Call) -> Reply:
        """Send and follow redirects within the host, with the query that was meant."""
        renewed = False
        for _ in range(REDIRECTS + 1):
            self.pace.wait(call.kind)
            self._count(call)
            reply = self.wire.send(call)
            self._set_clock(reply)
            self.scopes = reply.headers.get("x-oauth-scopes", self.scopes)
            if reply.status == 401 and not renewed and (wire := self.renew()) is not None:
                self.wire, renewed = wire, True
                continue
            target = self._target(call, reply)
            if target is None:
                return reply
            call = target
        raise TrackerError(f"could not {call.what}: {self.host} sends from one address to the next without end")

    def _target(self, call: Call, reply: Reply) -> Call | None:
        """Return where a redirect leads, None without one; only what stays on the host is followed."""
        location = reply.headers.get("location", "")
        if reply.status not in {301, 302, 307, 308} or not location:
            return None
        if not _stays(reply.url, location):
            place = location.partition("?")[0][:100]
            message = f"could not {call.what}: {self.host} sends us to another host, {place}"
            raise TrackerError(message, hint="name the right address in tracker.api_url; no token was sent there")
        location = urljoin(reply.url, location)
        if call.method not in {"GET", "HEAD"} and reply.status in {301, 302}:
            raise TrackerError(
                f"could not {call.what}: the project was moved", hint="name its new path in tracker.project"
            )
        return replace(call, path=location, query={} if urlsplit(location).query else call.query)

    def _checked(self, call: Call, reply: Reply) -> Reply:
        """Return a whole answer; raises ``Lost`` for one of a broken server, or of somebody else."""
        if reply.status in {204, 304} or 400 <= reply.status < 500:
            return reply
        if reply.status >= 300:
            raise Lost(f"it answered {reply.status}", "try again later", sent=True)
        if not reply.is_json:
            raise Lost("it answered with a page instead of JSON", _HTML, sent=True)
        try:
            json.loads(reply.text)
        except ValueError as error:
            raise Lost("its answer broke off", "try again later", sent=True) from error
        return reply

    def _set_clock(self, reply: Reply) -> None:
        if reply.date is not None:
            self.ahead = reply.date - self.pace.clock.now()

    def _count(self, call: Call) -> None:
        self.sent += 1
        self.writes += call.kind is not Sending.READ

    def _error(self, call: Call, lost: Lost) -> TrackerError:
        message = f"could not {call.what}: {self.host}: {lost.why}"
        if not call.repeatable and lost.sent:
            return OutcomeUnknown(message, hint="the next run finds out whether it took effect")
        return TrackerUnavailable(message, hint=lost.hint)


def _stays(url: str, location: str) -> bool:
    """Say whether a redirect from ``url`` keeps scheme, host and port: only then a token may be sent there."""
    try:
        return _origin(urljoin(url, location)) == _origin(url)
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
