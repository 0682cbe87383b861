"""Watching the targets: who is out of step for too long is told of, once, then once a day, and when it is over.

What was told is kept in the store, so that a restart neither repeats an alarm nor forgets to clear it; of several
processes one tells.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from plansync.core.alarm import AGAIN, Alarm, Stage, outage_since
from plansync.errors import AlarmLost, StoreError
from plansync.ports.alarms import Sender
from plansync.ports.queue import Fortune, Overview, Queue
from plansync.ports.snapshots import Snapshots

_NAME = "alarms"
_EVER = timedelta(days=36500)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Watch:
    """Looks at how the ``targets`` fare. ``after``: how long one may be out of step (0: for ever)."""

    queue: Queue
    snapshots: Snapshots
    started_at: datetime
    targets: Sequence[str]
    after: timedelta
    senders: Sequence[Sender] = ()
    left: list[tuple[Sender, Alarm]] = field(default_factory=list)
    """What could not be handed on yet."""

    def look(self, now: datetime) -> None:
        """Tell what is to be told now; whatever goes wrong is logged, not raised."""
        self._try_again(now)
        try:
            for alarm in self._alarms(now) if self.after else ():
                self._tell(alarm)
        except StoreError as error:
            _log.error("it cannot be told how the targets fare: %s", error)

    def _alarms(self, now: datetime) -> Iterator[Alarm]:
        overview = self.queue.overview()
        told = self._load()
        open_: dict[str, datetime] = {}
        for target in self.targets:
            fortune = overview.fortunes.get(target, Fortune(target=target))
            since = self._outage(overview, fortune, now)
            if since is not None:
                open_[target] = told.get(target, since)
                yield from self._raised(fortune, open_[target], now, is_new=target not in told)
            elif target in told and fortune.failing_since is None and _ended_since(fortune, told[target]):
                yield from self._cleared(fortune, told[target], now)
            elif target in told:
                open_[target] = told[target]
        if open_ != told:
            self.snapshots.save(_NAME, {target: since.isoformat() for target, since in open_.items()}, {})

    def _outage(self, overview: Overview, fortune: Fortune, now: datetime) -> datetime | None:
        """Return since when a target is out of step, if that is too long by now."""
        due = [wish.due_at for wish in overview.waiting if wish.target == fortune.target]
        since = outage_since(
            failing_since=fortune.failing_since,
            success_at=fortune.success_at,
            due_at=due[0] if due else None,
            is_running=any(taken.target == fortune.target for taken in overview.running),
            started_at=self.started_at,
        )
        return since if since is not None and now - since >= self.after else None

    def _raised(self, fortune: Fortune, since: datetime, now: datetime, *, is_new: bool) -> Iterator[Alarm]:
        if self.queue.claim(f"alarm:{fortune.target}:{since.isoformat()}", AGAIN, now):
            stage = Stage.RAISED if is_new else Stage.REPEATED
            yield _alarm(stage, fortune, since, now)

    def _cleared(self, fortune: Fortune, since: datetime, now: datetime) -> Iterator[Alarm]:
        if self.queue.claim(f"alarm over:{fortune.target}:{since.isoformat()}", _EVER, now):
            yield _alarm(Stage.CLEARED, fortune, since, now)

    def _tell(self, alarm: Alarm) -> None:
        level = logging.WARNING if alarm.stage is Stage.CLEARED else logging.ERROR
        _log.log(level, "%s", " ".join(alarm.text.split()), extra={"target": alarm.target})
        for sender in self.senders:
            try:
                sender.send(alarm)
            except AlarmLost as error:
                _log.error("%s; it is tried again", error, extra={"target": alarm.target})
                self.left.append((sender, alarm))

    def _try_again(self, now: datetime) -> None:
        """Hand on what could not be handed on before, unless it is a day old."""
        due, self.left = self.left, []
        for sender, alarm in due:
            try:
                sender.send(alarm)
            except AlarmLost:
                if now - alarm.at < AGAIN:
                    self.left.append((sender, alarm))

    def _load(self) -> Mapping[str, datetime]:
        head = self.snapshots.head(_NAME) or {}
        return {target: datetime.fromisoformat(since) for target, since in head.items()}


def _ended_since(fortune: Fortune, since: datetime) -> bool:
    return fortune.success_at is not None and fortune.success_at >= since


def _alarm(stage: Stage, fortune: Fortune, since: datetime, now: datetime) -> Alarm:
    return Alarm(
        stage=stage,
        target=fortune.target,
        since=since,
        at=now,
        success_at=fortune.success_at,
        error=fortune.error,
    )
