"""Peers on the loopback interface that do to a connection what a test tells them to, and remember what they were sent."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
Deed = Callable[[socket.socket], None]


@dataclass
class Peer:
    """A server; ``heads`` are the requests' first lines and headers, as they came."""

    port: int
    heads: list[str] = field(default_factory=list)


def says(text: bytes) -> Deed:
    """Answer with these very bytes."""
    return lambda connection: connection.sendall(text)


def closes(connection: socket.socket) -> None:
    """Close without an answer."""


def resets(connection: socket.socket) -> None:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def waits(connection: socket.socket) -> None:
    """Answer nothing until the other side gives up."""
    while connection.recv(65536):
        pass


@contextmanager
def peer(deed: Deed, tls: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """Serve one connection after the other, with ``deed`` as the answer to every request."""
    listener = socket.create_server(("127.0.0.1", 0))
    found = Peer(listener.getsockname()[1])
    thread = threading.Thread(target=_serve, args=(listener, found, deed, tls), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def closed_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _serve(listener: socket.socket, found: Peer, deed: Deed, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            raw, _ = listener.accept()
        except OSError:
            return
        raw.settimeout(5)
        try:
            connection = raw if tls is None else tls.wrap_socket(raw, server_side=True)
        except OSError:
            raw.close()
            continue
        with connection:
            head = _read(connection)
            if head:
                found.heads.append(head)
                deed(connection)


def _read(connection: socket.socket) -> str:
    """Return a request's head. Its body is read as well: to close with something unread resets a connection."""
    try:
        with connection.makefile("rb") as incoming:
            head = b""
            while not head.endswith(b"\r\n\r\n") and (line := incoming.readline()):
                head += line
            length = re.search(rb"(?i)content-length: (\d+)", head)
            incoming.read(int(length[1]) if length else 0)
    except OSError:
        return ""
    return head.decode("latin-1")
