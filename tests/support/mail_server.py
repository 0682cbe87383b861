"""A small mail server: it takes in mail as RFC 5321 says, with TLS and logins as it is told to, and keeps it."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from email import message_from_bytes
from email.message import Message
from typing import Any, Self


class MailServer:
    """Listens on a port of its own while it is entered. ``said`` are the commands that it was sent."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        *,
        tls: ssl.SSLContext | None = None,
        at_once: bool = False,
        login: tuple[str, str] | None = None,
    ) -> None:
        """``tls``: it offers STARTTLS, or speaks TLS ``at_once``; ``login``: it takes nothing without that."""
        self.tls, self.at_once, self.login = tls, at_once, login
        self.refuses = ""
        """A command that is answered by an error."""
        self.mails: list[Message] = []
        self.said: list[str] = []
        self._server = _Listener((host, 0), _Session)
        self._server.owner = self
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(0.02), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    owner: MailServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""


class _Session(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        owner: MailServer = self.server.owner  # type: ignore[attr-defined]  # it is our listener
        self.is_safe, self.is_known = owner.at_once, owner.login is None
        if owner.at_once and owner.tls is not None:
            self.request = owner.tls.wrap_socket(self.request, server_side=True)
        self._say("220 mail.example ready")
        self.lines = self.request.makefile("rb")
        while line := self.lines.readline().decode("ascii").strip():
            verb = line.split()[0].upper()
            owner.said.append(verb)
            if verb == owner.refuses:
                self._say("554 5.7.1 not today")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._answer(owner, verb, line)

    def finish(self) -> None:
        self.lines.close()
        self.request.close()

    def _answer(self, owner: MailServer, verb: str, line: str) -> None:
        match verb:
            case "EHLO" | "HELO":
                offers = ["STARTTLS"] if owner.tls is not None and not self.is_safe else []
                offers += ["AUTH PLAIN"] if owner.login is not None else []
                names = ["mail.example", *offers]
                self._say("\r\n".join([*(f"250-{name}" for name in names[:-1]), f"250 {names[-1]}"]))
            case "STARTTLS" if owner.tls is not None:
                self._say("220 go ahead")
                self.request = owner.tls.wrap_socket(self.request, server_side=True)
                self.lines = self.request.makefile("rb")
                self.is_safe = True
            case "AUTH":
                _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
                self.is_known = (user, password) == owner.login
                self._say("235 welcome" if self.is_known else f"535 no, {user} has not {password}")
            case "MAIL" if not self.is_known:
                self._say("530 5.7.0 who are you")
            case "DATA":
                self._say("354 go on")
                lines = iter(self.lines.readline, b".\r\n")
                owner.mails.append(message_from_bytes(b"".join(lines)))
                self._say("250 taken")
            case _:
                self._say("250 well")

    def _say(self, text: str) -> None:
        self.request.sendall(f"{text}\r\n".encode("ascii"))
