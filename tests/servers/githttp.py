"""Repositories over HTTP: git's own http-backend behind a small server, with accounts, books, and faults on order.

https://git-scm.com/docs/git-http-backend
"""

from __future__ import annotations

import base64
import os
import subprocess
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


@dataclass
class GitHttp:
    """Serves the bare repositories below ``root`` by name.

    With ``token`` every request needs it, as the password of Basic authorization or as Bearer; who has ``read_token``
    may not push. ``accepts`` says instead whether a secret is good now. ``moved`` sends every request elsewhere,
    ``cut_pushes`` drops the answer to so many pushes, and ``before_push`` and ``after_push`` are done right before and
    after each. Requests below ``/api/`` are answered by the server at ``api``, as hosts do it.
    """

    root: Path
    token: str = ""
    read_token: str = ""
    accepts: Callable[[str], bool] | None = None
    api: str = ""
    moved: str = ""
    cut_pushes: int = 0
    before_push: Callable[[], object] | None = None
    after_push: Callable[[], object] | None = None
    url: str = ""
    books: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, path with query, and headers of all requests."""

    def password(self, header: str) -> str:
        """Return the secret in an Authorization header."""
        kind, _, value = header.partition(" ")
        if kind.casefold() == "basic":
            return base64.b64decode(value).decode().partition(":")[2]
        return value if kind.casefold() == "bearer" else ""

    def pushes(self) -> int:
        """Return how often a pack was pushed."""
        return sum(path.endswith("/git-receive-pack") for method, path, _ in self.books if method == "POST")


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
        """Stay silent."""

    def _serve(self) -> None:
        site = self.server.site
        if site.api and self.path.startswith("/api/"):
            self._answer(*_forward(site.api, self.command, self.path, dict(self.headers.items()), self._body()))
            return
        site.books.append((self.command, self.path, {name.casefold(): value for name, value in self.headers.items()}))
        body = self._body()
        if site.moved:
            self._answer(HTTPStatus.FOUND, {"Location": site.moved + self.path})
            return
        password = site.password(self.headers.get("Authorization", ""))
        is_good = site.accepts or (
            lambda secret: not site.token or secret in {site.token, site.read_token or site.token}
        )
        if not is_good(password):
            self._answer(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="git"'})
            return
        if site.read_token and password == site.read_token and "git-receive-pack" in self.path:
            self._answer(HTTPStatus.FORBIDDEN, {})
            return
        is_push = self.command == "POST" and self.path.endswith("/git-receive-pack")
        if is_push and site.before_push is not None:
            site.before_push()
        status, headers, answer = self._backend(body)
        if is_push and site.after_push is not None:
            site.after_push()
        if is_push and site.cut_pushes:
            site.cut_pushes -= 1
            self.close_connection = True
            return
        self._answer(status, headers, answer)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            parts = []
            while size := int(self.rfile.readline().strip(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            body = b"".join(parts)
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return zlib.decompress(body, 31) if self.headers.get("Content-Encoding") == "gzip" else body

    def _backend(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.server.site.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.receivepack",
            "GIT_CONFIG_VALUE_0": "true",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_USER": "ann",
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], env=environment, input=body, capture_output=True, check=False)
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        return int(headers.pop("Status", "200").split()[0]), headers, answer

    def _answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _forward(
    api: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection(api.partition("://")[2])
    try:
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        kept = {name: value for name, value in answer.getheaders() if name.casefold() != "content-length"}
        return answer.status, kept, answer.read()
    finally:
        connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: GitHttp) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site = site


@contextmanager
def serve_git(root: Path, token: str = "", read_token: str = "") -> Iterator[GitHttp]:
    """Serve the repositories below ``root`` on a port of the system's choice."""
    site = GitHttp(root, token, read_token)
    server = _Server(site)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
