"""A daemon that tells people when a target stays out of step, and when that is over."""

from __future__ import annotations

import signal
from pathlib import Path

from plansync.bootstrap import SystemClock
from tests.e2e.test_daemon import FILE, PLAN, config, running, until
from tests.servers.wire import TestServer
from tests.support.mail_server import MailServer
from tests.support.receiver import Receiver
from tests.support.shell import Shell


def test_an_outage_is_posted_and_mailed_once_and_so_is_its_end(tmp_path: Path) -> None:
    receiver = Receiver(SystemClock())
    with TestServer(receiver) as server, MailServer() as mail:
        address = f"{server.url}/rooms/secret-room"
        shell = Shell(tmp_path).given(PLANSYNC_ALARM__POST_TO=address)
        lines = f'after = "1s"\nmail_to = ["ann@example.org"]\nsmtp_host = "127.0.0.1"\nsmtp_port = {mail.port}'
        shell.write("plansync.toml", config(alarm=lines))
        with running(shell) as daemon:
            until(lambda: receiver.heard and mail.mails, daemon)
            raised = daemon.said("has not been in step", target="web", level="error")
            shell.write(FILE, PLAN)
            until(lambda: len(receiver.heard) > 1 and len(mail.mails) > 1, daemon)
            daemon.signal(signal.SIGTERM)
            daemon.ends()
    assert len(raised) == 1
    assert [request.json()["event"] for request in receiver.heard] == ["raised", "cleared"]
    assert [str(message["Subject"]) for message in mail.mails] == [
        "plansync: web is not in step",
        "plansync: web is in step again",
    ]
    assert {request.json()["target"] for request in receiver.heard} == {"web"}
    assert not any("secret-room" in str(line) for line in daemon.lines)


def test_nobody_who_is_told_need_be_there(tmp_path: Path) -> None:
    with TestServer(Receiver(SystemClock())) as server:
        address = f"{server.url}/rooms/secret-room"
    shell = Shell(tmp_path).given(PLANSYNC_ALARM__POST_TO=address)
    shell.write("plansync.toml", config(alarm='after = "1s"\nmail_to = ["a@x.org"]\nsmtp_port = 1'))
    with running(shell) as daemon:
        until(lambda: daemon.said("could not be posted", target="web"), daemon)
        until(lambda: daemon.said("could not be mailed", target="web"), daemon)
        shell.write(FILE, PLAN)
        until(lambda: daemon.said("is in step again", target="web"), daemon)
        daemon.signal(signal.SIGTERM)
        daemon.ends()
    assert not any("secret-room" in str(line) for line in daemon.lines)
