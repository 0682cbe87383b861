"""Over real sockets: bodies too large, too slow or cut off, and connections that only sit there."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from plansync.errors import ListenError
from plansync.web.patience import PatientProtocol
from plansync.web.server import WebServer
from tests.support.web_world import GOOD, SECRET, WebWorld

SOON = 0.3
HEAD = f"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-Secret: {SECRET}\r\n".encode()


class Hasty(PatientProtocol):
    """Has little patience, so that its end is seen soon, and counts what it read."""

    head_time = timedelta(seconds=SOON)
    taken = 0

    def data_received(self, data: bytes) -> None:
        Hasty.taken += len(data)
        super().data_received(data)


class Narrow(PatientProtocol):
    """Has few places."""

    places = 5


@pytest.fixture
def server(web: WebWorld) -> Iterator[WebServer]:
    """Serve with little patience."""
    web.bounds = replace(web.bounds, body_time=timedelta(seconds=SOON))
    Hasty.taken = 0
    with web.serving(Hasty) as served:
        yield served


@contextmanager
def connection(server: WebServer) -> Iterator[socket.socket]:
    with socket.create_connection((server.host, server.port), timeout=10) as opened:
        yield opened


def everything(opened: socket.socket) -> bytes:
    """Return what is answered until the connection is closed."""
    answer = b""
    with suppress(ConnectionError):
        while piece := opened.recv(65536):
            answer += piece
    return answer


def pour(opened: socket.socket, piece: bytes, most: int) -> int:
    """Send ``piece`` again and again until nobody takes it any more; return how many bytes were sent."""
    sent = 0
    with suppress(ConnectionError):
        while sent < most:
            opened.sendall(piece)
            sent += len(piece)
    return sent


def test_a_body_that_is_declared_too_large_is_refused_unread(server: WebServer, web: WebWorld) -> None:
    with connection(server) as opened:
        opened.sendall(HEAD + b"Content-Length: 2097153\r\n\r\n")
        assert everything(opened).startswith(b"HTTP/1.1 413 ")
    assert web.waiting() == {}


def test_a_body_that_grows_too_large_is_read_a_little_further_at_most(server: WebServer, web: WebWorld) -> None:
    with connection(server) as opened:
        opened.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        pour(opened, b"10000\r\n" + b" " * 0x10000 + b"\r\n", most=64 * 1024 * 1024)
    assert web.bounds.body_bytes < Hasty.taken <= web.bounds.body_bytes + 64 * 1024
    assert web.waiting() == {}


def test_a_body_that_dribbles_in_is_given_up(server: WebServer, web: WebWorld) -> None:
    with connection(server) as opened:
        opened.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
        assert everything(opened).startswith(b"HTTP/1.1 408 ")
    assert web.waiting() == {}


def test_a_body_that_is_cut_off_is_not_taken_in(server: WebServer, web: WebWorld) -> None:
    body = b'{"id": 1, "plans": ["a.md"]}'
    with connection(server) as opened:
        opened.sendall(HEAD + f"Content-Length: {len(body) + 1}\r\n\r\n".encode() + body)
        opened.shutdown(socket.SHUT_WR)
        everything(opened)
    assert web.waiting() == {}


@pytest.mark.parametrize("begun", [b"", b"POST /webhooks/gith", HEAD], ids=["nothing", "a word", "half a head"])
def test_a_head_that_does_not_come_is_given_up(server: WebServer, begun: bytes) -> None:
    with connection(server) as opened:
        start = time.monotonic()
        opened.sendall(begun)
        assert everything(opened) == b""
        assert time.monotonic() - start < 10


def test_a_head_of_many_small_pieces_has_no_more_time_than_others(server: WebServer) -> None:
    with connection(server) as opened:
        opened.sendall(HEAD)
        start = time.monotonic()
        pour(opened, b"X-A: b\r\n", most=10**9)
        assert time.monotonic() - start < 10


def test_a_second_request_on_a_connection_has_time_of_its_own(server: WebServer) -> None:
    question = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with connection(server) as opened:
        for _ in range(3):
            opened.sendall(question)
            answer = b""
            while not answer.endswith(b"}"):
                answer += opened.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 ")
        opened.sendall(question[:20])
        assert everything(opened) == b""


def test_who_only_sits_there_makes_room_for_who_asks(web: WebWorld) -> None:
    with web.serving(Narrow) as server, ExitStack() as sitting:
        sitters = [sitting.enter_context(connection(server)) for _ in range(8)]
        answer = httpx.get(f"{server.url}/healthz", timeout=5)
        assert answer.status_code == 200
        assert everything(sitters[0]) == b""


@pytest.mark.parametrize("rubbish", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"GET\r\n\r\n", b"\0" * 100_000])
def test_rubbish_is_answered_shortly_and_closed(server: WebServer, rubbish: bytes) -> None:
    with connection(server) as opened:
        pour(opened, rubbish, most=len(rubbish))
        assert everything(opened)[:13] in {b"HTTP/1.1 400 ", b""}
    assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_a_delivery_is_taken_in_over_a_socket_and_the_server_ends(web: WebWorld) -> None:
    with web.serving() as server:
        answer = httpx.post(f"{server.url}/webhooks/github", json={"id": 1, "plans": ["a.md"]}, headers=GOOD)
        assert answer.status_code == 202
        assert "server" not in answer.headers
    with pytest.raises(OSError):
        socket.create_connection((server.host, server.port), timeout=1)


def test_an_address_that_somebody_else_has_is_told(web: WebWorld) -> None:
    with web.serving() as server, pytest.raises(ListenError, match=f"127.0.0.1 port {server.port}: Address already"):
        WebServer(web.app(), "127.0.0.1", server.port)


def test_an_address_that_is_not_ours_is_told(web: WebWorld) -> None:
    with pytest.raises(ListenError, match=r"203\.0\.113\.1 port 0"):
        WebServer(web.app(), "203.0.113.1", 0)
