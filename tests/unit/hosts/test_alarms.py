"""Alarms on their way: posted and mailed to real servers, with nothing told that is secret."""

from __future__ import annotations

import json
import ssl
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from plansync.core.alarm import Alarm, Stage
from plansync.errors import AlarmLost
from plansync.hosts.alarms import MailSender, PostSender
from tests.servers.wire import Fault, TestServer
from tests.support.certificates import self_signed
from tests.support.clocks import NOON, FakeClock
from tests.support.mail_server import MailServer
from tests.support.receiver import Receiver

ALARM = Alarm(stage=Stage.RAISED, target="wéb", since=NOON, at=NOON + timedelta(hours=2), error="Refused: 解析.")
SOON = timedelta(seconds=5)
SECRET = "xoxb-hook"


# ---------------------------------------------------------------------------------------------------------- posts


def _lost(sender: PostSender | MailSender) -> str:
    with pytest.raises(AlarmLost) as caught:
        sender.send(ALARM)
    assert SECRET not in f"{caught.value!r} {caught.value.hint} {sender!r}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_an_alarm_is_posted_as_json() -> None:
    receiver = Receiver(FakeClock(), status=204)
    with TestServer(receiver) as server:
        PostSender(f"{server.url}/{SECRET}").send(ALARM)
    (request,) = receiver.heard
    assert (request.method, request.path) == ("POST", f"/{SECRET}")
    assert request.json() == {
        "text": f"{ALARM.subject}\n{ALARM.text}",
        "event": "raised",
        "target": "wéb",
        "since": "2026-03-02T12:00:00+00:00",
        "at": "2026-03-02T14:00:00+00:00",
        "last_success": None,
        "error": "Refused: 解析.",
    }


def test_the_last_success_is_told() -> None:
    receiver = Receiver(FakeClock())
    with TestServer(receiver) as server:
        PostSender(server.url).send(replace(ALARM, success_at=NOON))
    assert json.loads(receiver.heard[0].body)["last_success"] == "2026-03-02T12:00:00+00:00"


@pytest.mark.parametrize("status", [301, 404, 500])
def test_an_answer_that_is_no_success_is_told_by_its_number(status: int) -> None:
    with TestServer(Receiver(FakeClock(), status=status)) as server:
        assert _lost(PostSender(f"{server.url}/{SECRET}")).endswith(f"the answer was {status}")


def test_a_connection_that_breaks_or_cannot_be_made_is_told_without_the_address() -> None:
    with TestServer(Receiver(FakeClock())) as server:
        server.fault_next(Fault.RESET)
        assert "could not be posted" in _lost(PostSender(f"{server.url}/{SECRET}"))
        url = server.url
    assert "could not be posted" in _lost(PostSender(f"{url}/{SECRET}"))


@pytest.mark.parametrize("url", [SECRET, f"http://[{SECRET}", f"ftp://{SECRET}"])
def test_what_is_no_address_is_told_so(url: str) -> None:
    assert "could not be posted" in _lost(PostSender(url))


# ---------------------------------------------------------------------------------------------------------- mail


def _mailer(server: MailServer, **fields: object) -> MailSender:
    sender = MailSender(
        host="127.0.0.1", port=server.port, sender="plansync@example.org", to=("ann@x.org", "bob@x.org")
    )
    return replace(sender, timeout=SOON, **fields)  # type: ignore[arg-type]  # fields by name


def test_an_alarm_is_mailed() -> None:
    with MailServer() as server:
        _mailer(server).send(ALARM)
    (mail,) = server.mails
    assert (mail["From"], mail["To"]) == ("plansync@example.org", "ann@x.org, bob@x.org")
    assert mail["Date"] == "Mon, 02 Mar 2026 14:00:00 +0000"
    assert str(make_header(decode_header(mail["Subject"]))) == ALARM.subject
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert "解析" in payload.decode()
    assert server.said.count("RCPT") == 2


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    return self_signed(tmp_path)


def test_what_is_offered_of_tls_is_taken(certificate: tuple[Path, ssl.SSLContext]) -> None:
    with MailServer(tls=certificate[1], login=("ann", SECRET)) as server:
        _mailer(server, user="ann", password=SECRET).send(ALARM)
    assert server.said[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert len(server.mails) == 1


def test_on_its_own_port_tls_comes_first(
    certificate: tuple[Path, ssl.SSLContext],
) -> None:
    path, context = certificate
    with MailServer(tls=context, at_once=True) as server:
        _mailer(server, is_safe=True, ca_file=str(path)).send(ALARM)
    assert len(server.mails) == 1


def test_another_machine_s_certificate_must_be_good(
    certificate: tuple[Path, ssl.SSLContext],
) -> None:
    with MailServer("127.0.0.2", tls=certificate[1]) as server:
        assert "certificate" in _lost(_mailer(server, host="127.0.0.2"))
    assert server.mails == []


def test_a_password_is_not_sent_in_the_open() -> None:
    with MailServer("127.0.0.2", login=("ann", SECRET)) as server:
        assert "in the open" in _lost(_mailer(server, host="127.0.0.2", user="ann", password=SECRET))
    assert "AUTH" not in server.said


def test_a_login_that_is_refused_is_told_without_the_password() -> None:
    with MailServer(login=("ann", "right")) as server:
        assert "the login was refused (535)" in _lost(_mailer(server, user="ann", password=SECRET))


@pytest.mark.parametrize(
    ("verb", "words"), [("MAIL", "answered 554"), ("RCPT", "no address was accepted"), ("DATA", "answered 554")]
)
def test_what_the_server_refuses_is_told(verb: str, words: str) -> None:
    with MailServer() as server:
        server.refuses = verb
        assert words in _lost(_mailer(server))


def test_a_server_that_is_not_there_is_told() -> None:
    with MailServer() as server:
        pass
    assert "could not be mailed: Connection refused" in _lost(_mailer(server))


def test_an_address_with_a_line_end_is_no_mail() -> None:
    with MailServer() as server:
        assert "ValueError" in _lost(_mailer(server, sender="a@x.org\nBcc: eve@x.org"))
