"""Handing alarms on: as JSON to an address, and by mail. Addresses and passwords are in no message and no log."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from plansync.core.alarm import Alarm
from plansync.errors import AlarmLost
from plansync.hosts.calls import Lost
from plansync.hosts.session import QuietSession, call_through, reply_of

TIMEOUT = timedelta(seconds=15)
TLS_PORT = 465
"""Where mail servers speak TLS from the first byte."""
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class PostSender:
    """Posts alarms as JSON; ``url`` is a secret, as the addresses of chat rooms are."""

    url: str = field(repr=False)
    timeout: timedelta = TIMEOUT

    def send(self, alarm: Alarm) -> None:
        try:
            with QuietSession(read_timeout=self.timeout) as session:
                reply = call_through(lambda: reply_of(session.post(self.url, json=_json(alarm))))
        except Lost as error:
            raise AlarmLost(f"the alarm could not be posted: {error}") from None
        except ValueError:
            raise AlarmLost("the alarm could not be posted: alarm.post_to is no address") from None
        if not 200 <= reply.status < 300:
            raise AlarmLost(f"the alarm could not be posted: the answer was {reply.status}")


def _json(alarm: Alarm) -> dict[str, str | None]:
    """Return what is posted; ``text`` is what chat rooms show."""
    return {
        "text": f"{alarm.subject}\n{alarm.text}",
        "event": alarm.stage.value,
        "target": alarm.target,
        "since": alarm.since.isoformat(),
        "at": alarm.at.isoformat(),
        "last_success": alarm.success_at.isoformat() if alarm.success_at is not None else None,
        "error": alarm.error,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSender:
    """Hands alarms to a mail server, which speaks TLS from the first byte (``is_safe``), or maybe offers STARTTLS."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)
    is_safe: bool = False
    timeout: timedelta = TIMEOUT
    ca_file: str | None = None

    def send(self, alarm: Alarm) -> None:
        try:
            with self._connect() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(self._message(alarm))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise AlarmLost(f"the alarm could not be mailed: {_why(error)}") from None

    def _connect(self) -> smtplib.SMTP:
        seconds = self.timeout.total_seconds()
        if self.is_safe:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=seconds, context=self._context())
        server = smtplib.SMTP(self.host, self.port, timeout=seconds)
        try:
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=self._context())
            elif self.user and self.host not in _HERE:
                raise AlarmLost("the alarm could not be mailed: the server takes a password only in the open")
        except BaseException:
            server.close()
            raise
        return server

    def _context(self) -> ssl.SSLContext:
        """Return how to trust the server; the machine's own one, which mostly signs for itself, need not prove much."""
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.host in _HERE and self.ca_file is None:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _message(self, alarm: Alarm) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = alarm.subject
        message["From"], message["To"] = self.sender, ", ".join(self.to)
        message["Date"], message["Message-ID"] = format_datetime(alarm.at), make_msgid(domain="plansync.invalid")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{alarm.text}\n")
        return message


def _why(error: Exception) -> str:
    """Return what went wrong in one line, without what was sent."""
    match error:
        case smtplib.SMTPAuthenticationError(smtp_code=code):
            return f"the login was refused ({code})"
        case smtplib.SMTPRecipientsRefused():
            return "no address was accepted"
        case smtplib.SMTPResponseException(smtp_code=code):
            return f"the server answered {code}"
        case ssl.SSLError():
            return "its certificate cannot be verified, or the encrypted connection failed"
        case OSError(strerror=str(words)):
            return words
        case _:
            return type(error).__name__
