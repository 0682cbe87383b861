"""uvicorn in a thread of the process: the socket is ours, so that its port is known before anybody is told of it."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from datetime import timedelta
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from plansync.errors import ListenError
from plansync.web.patience import PatientProtocol

_logger = logging.getLogger(__name__)
_BACKLOG = 2048
_HEAD_BYTES = 32 * 1024


class WebServer:
    """Serves one application at one address, from :meth:`start` until :meth:`stop`."""

    def __init__(self, app: ASGIApp, host: str, port: int, protocol: type[PatientProtocol] = PatientProtocol) -> None:
        """Take the address, port 0 for any; raises ``ListenError`` if it cannot be had. Nobody is answered yet."""
        self._socket = _listen(host, port)
        self.host, self.port = host, int(self._socket.getsockname()[1])
        self._server = uvicorn.Server(_config(app, protocol))
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    @property
    def lives(self) -> bool:
        """Say whether it answers."""
        return self._thread.is_alive()

    def start(self) -> Self:
        """Answer from now on."""
        self._thread.start()
        return self

    def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Take in nothing new, answer what was asked within ``grace``, and end."""
        self._server.config.timeout_graceful_shutdown = max(1, int(grace.total_seconds()))
        self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join(grace.total_seconds() + 5)
        self._socket.close()

    def _serve(self) -> None:
        try:
            asyncio.run(self._server.serve(sockets=[self._socket]))
        except Exception:
            _logger.exception("the web server ended")


def _config(app: ASGIApp, protocol: type[PatientProtocol]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # whoever sends rubbish must not fill our log
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=5,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ListenError(
            f"cannot listen on {host} port {port}: {error.strerror or error}",
            hint="Set web.host and web.port to an address that is free, or port 0 for any free one.",
        ) from error
