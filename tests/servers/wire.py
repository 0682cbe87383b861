"""A small HTTP server for tests: stateful services behind real sockets, with faults to order and books to read.

A service answers requests from its state. The server around it counts and writes down every request, and breaks the
answers that a test asked to be broken. Nothing here knows GitHub or GitLab, or plansync.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Protocol, Self
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; header names are lower case, ``path`` is decoded, ``raw_path`` is not."""

    method: str
    raw_path: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    pairs: tuple[tuple[str, str], ...] = ()
    """The query as it was sent: ``query`` keeps the last of equal names, here they all are."""

    def json(self) -> Any:
        """Return the body's JSON, an empty object where there is no body."""
        return json.loads(self.body) if self.body else {}

    @property
    def writes(self) -> bool:
        """Say whether the method may change anything."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}


@dataclass(slots=True)
class Answer:
    """What a service answers: ``content`` is sent as JSON, but for bytes, and None for no body."""

    status: int
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Fault(StrEnum):
    """How an answer is broken. ``*_APPLIED``: the request took effect all the same."""

    TIMEOUT = "time-out, not applied"
    TIMEOUT_APPLIED = "time-out, applied"
    ERROR_500 = "500, not applied"
    ERROR_502_APPLIED = "502, applied"
    SECONDARY = "403 secondary limit, without header"
    SECONDARY_WITH_HEADER = "403 secondary limit, with Retry-After"
    TOO_MANY = "429 with Retry-After"
    TRUNCATED = "200 with half of its JSON, applied"
    RESET = "connection reset, not applied"
    RESET_APPLIED = "connection reset, applied"
    REDIRECT = "301 or 307 to the same place under another path"
    NOT_FOUND = "404 once"
    GONE = "410 once"
    HTML = "200 with a page of a proxy instead of JSON, not applied"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the books."""

    index: int
    at: datetime
    method: str
    path: str
    query: Mapping[str, str]
    status: int
    token: str
    """The credential it came with, as sent (never a test's canary in the clear: compare, do not print)."""
    fault: Fault | None = None

    @property
    def writes(self) -> bool:
        """Say whether the method may change anything."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}


class Service(Protocol):
    """Answers requests. Called by one thread at a time."""

    def now(self) -> datetime:
        """Return the service's clock."""

    def credential(self, request: Request) -> str:
        """Return the credential that came with the request, empty without one."""

    def answer(self, request: Request) -> Answer:
        """Return the answer; what it changes is changed when this returns."""

    def refusal(self, fault: Fault, request: Request) -> Answer:
        """Return the service's own words for a limit, an error or a redirect."""


Watch = Callable[[Request, Answer], None]


class TestServer:
    """Serves ``service`` on a port of its own on the loopback interface, from a thread of its own.

    ``faults`` maps the index of a request (as in ``books``, counted from 0) to what happens to it; ``watch`` sees
    every whole answer, for checks against a description; what it raises is kept in ``mismatches``, and raised again when
    the server ends, so that no client can swallow it. With ``tls`` it speaks HTTPS.
    """

    __test__ = False

    def __init__(self, service: Service, watch: Watch | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.service = service
        self.books: list[Entry] = []
        self.faults: dict[int, Fault] = {}
        self._ordered: list[tuple[str, str, Fault]] = []
        self.watch = watch
        self.mismatches: list[str] = []
        self.lock = threading.RLock()
        self._closing = threading.Event()
        self._http = _Listener(("127.0.0.1", 0), _handler(self))
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self._scheme = "http" if tls is None else "https"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """Return ``http://127.0.0.1:port``, or the same with https."""
        return f"{self._scheme}://127.0.0.1:{self._http.server_address[1]}"

    @property
    def requests(self) -> int:
        """Return how many requests were received."""
        return len(self.books)

    @property
    def writes(self) -> int:
        """Return how many requests could have changed something."""
        return sum(entry.writes for entry in self.books)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        if kind is None and self.mismatches:
            raise AssertionError("\n".join(self.mismatches))

    def fault_next(self, fault: Fault, after: int = 0) -> None:
        """Break the answer to the request that follows ``after`` more."""
        self.faults[len(self.books) + after] = fault

    def fault_on(self, method: str, ending: str, fault: Fault) -> None:
        """Break the answer to the next request with this method whose path ends so."""
        self._ordered.append((method, ending, fault))

    def handle(self, request: Request) -> tuple[Answer | None, Fault | None]:
        """Answer one request; no answer where the connection is to break or to hang."""
        with self.lock:
            index = len(self.books)
            fault = self.faults.pop(index, None) or self._fault_for(request)
            answer = self._answer(request, fault)
            status = answer.status if answer is not None else 0
            token = self.service.credential(request)
            at = self.service.now()
            self.books.append(Entry(index, at, request.method, request.path, request.query, status, token, fault))
            return answer, fault

    def wait_until_closed(self) -> None:
        """Keep an answer back, until the client's time-out, or until the server ends."""
        self._closing.wait(30)

    def _fault_for(self, request: Request) -> Fault | None:
        fits = (one for one in self._ordered if request.method == one[0] and request.path.endswith(one[1]))
        return self._ordered.pop(self._ordered.index(order))[2] if (order := next(fits, None)) else None

    def _answer(self, request: Request, fault: Fault | None) -> Answer | None:
        match fault:
            case None:
                answer = self.service.answer(request)
                self._look(request, answer)
                return answer
            case Fault.TIMEOUT | Fault.RESET:
                return None
            case Fault.TIMEOUT_APPLIED | Fault.RESET_APPLIED:
                self.service.answer(request)
                return None
            case Fault.ERROR_502_APPLIED:
                self.service.answer(request)
                return self.service.refusal(fault, request)
            case Fault.TRUNCATED:
                whole = self.service.answer(request)
                body = encode(whole.content)
                return Answer(whole.status, body[: len(body) // 2], {**whole.headers, "Content-Type": _JSON})
            case Fault.HTML:
                page = b"<!DOCTYPE html><html><body><h1>Please log in to the proxy</h1></body></html>"
                return Answer(200, page, {"Content-Type": "text/html; charset=utf-8"})
            case _:
                return self.service.refusal(fault, request)

    def _look(self, request: Request, answer: Answer) -> None:
        if self.watch is not None:
            try:
                self.watch(request, answer)
            except AssertionError as mismatch:
                self.mismatches.append(str(mismatch))
                raise


_JSON = "application/json; charset=utf-8"


def encode(content: Any) -> bytes:
    """Return the bytes of an answer's content."""
    if content is None:
        return b""
    return content if isinstance(content, bytes) else json.dumps(content).encode()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that went away; a service's own fault was answered with 500."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    test_server: ClassVar[TestServer]

    def serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        pairs = tuple(parse_qsl(parts.query, keep_blank_values=True))
        request = Request(
            method=self.command,
            raw_path=parts.path,
            path=unquote(parts.path),
            query=dict(pairs),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
            pairs=pairs,
        )
        try:
            answer, fault = self.test_server.handle(request)
        except Exception as error:
            answer, fault = Answer(500, {"message": f"the test server failed: {error!r}"}), None
        if answer is None:
            self._break(fault)
        else:
            self._send(answer)

    def _break(self, fault: Fault | None) -> None:
        if fault in {Fault.TIMEOUT, Fault.TIMEOUT_APPLIED}:
            self.test_server.wait_until_closed()
        else:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _send(self, answer: Answer) -> None:
        body = encode(answer.content)
        self.send_response_only(answer.status)
        headers = {"Content-Type": _JSON, **answer.headers} if body else dict(answer.headers)
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.command != "HEAD" and answer.status not in {204, 304}:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Print nothing."""


for _verb in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"):
    setattr(_Handler, f"do_{_verb}", _Handler.serve)


def _handler(server: TestServer) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"test_server": server})
