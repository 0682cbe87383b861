"""Alarms, wired as a part of the service: a thread that looks at the targets now and then."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from plansync.app.alarm import Watch

if TYPE_CHECKING:
    from plansync.ports.alarms import Sender
    from plansync.ports.clock import Clock
    from plansync.ports.queue import Queue
    from plansync.ports.snapshots import Snapshots
    from plansync.settings import Settings

LOOKS = timedelta(seconds=30)
_log = logging.getLogger(__name__)


class Alarms:
    """A part of the service: whoever is slow to take an alarm holds up nothing else."""

    def __init__(self, settings: Settings, queue: Queue, snapshots: Snapshots, clock: Clock) -> None:
        self._clock = clock
        self._watch = Watch(queue, snapshots, clock.now(), (), timedelta(0))
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch_on, name="alarms", daemon=True)
        self.reload(settings)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def reload(self, settings: Settings) -> None:
        """Go by ``settings`` from the next look on."""
        self._watch.targets = tuple(target.name for target in settings.targets)
        self._watch.senders = senders_of(settings)
        self._watch.after = settings.alarm.after

    def stop(self) -> None:
        """Look no more; an alarm that is on its way may still arrive."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1)

    @property
    def _pause(self) -> timedelta:
        return min(LOOKS, self._watch.after or LOOKS)

    def _watch_on(self) -> None:
        while not self._ending.wait(self._pause.total_seconds()):
            try:
                self._watch.look(self._clock.now())
            except Exception:  # noqa: BLE001 - whatever it is, the next look may go well
                if not self._ending.is_set():
                    _log.exception("a bug in plansync stopped a look at how the targets fare")


def senders_of(settings: Settings) -> Sequence[Sender]:
    """Return whom ``[alarm]`` names."""
    from plansync.hosts.alarms import TLS_PORT, MailSender, PostSender

    table = settings.alarm
    senders: list[Sender] = []
    if table.post_to is not None:
        senders.append(PostSender(table.post_to.get_secret_value()))
    if table.mail_to:
        password = table.smtp_password.get_secret_value() if table.smtp_password is not None else ""
        mail = MailSender(
            host=table.smtp_host,
            port=table.smtp_port,
            sender=table.mail_from,
            to=table.mail_to,
            user=table.smtp_user,
            password=password,
            is_safe=table.smtp_port == TLS_PORT,
        )
        senders.append(mail)
    return tuple(senders)
