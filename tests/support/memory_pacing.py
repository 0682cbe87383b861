"""A pacing that lives in memory, for threads of one process; it keeps the laws of the port."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Lock

from plansync.core.pace import HOUR, MARGIN, Manners, Sending, Sent, bearing, next_place
from plansync.ports.pacing import Slot


class MemoryPacing:
    """Remembers everything; ``sent`` has it by account, in the order of asking."""

    def __init__(self) -> None:
        self.sent: dict[str, list[Sent]] = defaultdict(list)
        self.pauses: dict[str, tuple[datetime, str]] = {}
        self._lock = Lock()

    def reserve(self, account: str, kind: Sending, manners: Manners, now: datetime, patience: timedelta) -> Slot:
        with self._lock:
            until, reason = self.pauses.get(account, (now, ""))
            matters = [entry for entry in self.sent[account] if entry.at > now - bearing(entry.kind, manners)]
            place = next_place(kind, matters, manners, max(now, until))
            granted = place.at <= now + patience
            if granted:
                self.sent[account].append(Sent(place.at, kind))
            return Slot(place.at, granted, reason if until > now else place.reason)

    def back_off(self, account: str, until: datetime, reason: str) -> None:
        with self._lock:
            if account not in self.pauses or self.pauses[account][0] < until:
                self.pauses[account] = (until, reason)

    def backing_off(self, account: str) -> tuple[datetime, str] | None:
        return self.pauses.get(account)

    def recent(self, account: str, now: datetime) -> Sequence[Sent]:
        latest = [entry for entry in self.sent[account] if entry.at > now - HOUR - MARGIN]
        return sorted(latest, key=lambda entry: entry.at)
